/**
 * Lets the site's own page open without a network. Pages come from the network while there is one, so that a new
 * version is seen at once; files with a hash in their names come from here. Weights are not its business: the engine
 * keeps them itself, checked. An edition is replaced when no tab of it is open any more.
 */
import { isLoaded } from "./news";
import { type Edition, Shelf } from "./shelf";
import type { WorkerScope } from "./worker-scope";

/** Put in by the build, which knows the files. */
declare const __EDITION__: Edition;

const worker = globalThis as unknown as WorkerScope;
const shelf = new Shelf(worker.registration.scope, __EDITION__);

worker.addEventListener("install", (event) => event.waitUntil(keepAll(shelf.addresses, "no-cache")));
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener("message", (event) => {
  if (!isLoaded(event.data)) return;
  const files = event.data.addresses.filter((address) => shelf.isFile(address));
  // The browser has just loaded them: they need not travel again.
  event.waitUntil(keepAll(files, "force-cache"));
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const kind = shelf.kindOf(request);
  if (kind === "page") event.respondWith(page(request));
  else if (kind === "file") event.respondWith(file(request));
});

async function takeOver(): Promise<void> {
  const old = (await caches.keys()).filter((name) => shelf.isOld(name));
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

async function keepAll(addresses: readonly string[], mode: RequestCache): Promise<void> {
  const cache = await caches.open(shelf.name);
  const keepOne = async (address: string) => {
    if (await cache.match(address)) return;
    const response = await fetch(address, { cache: mode });
    if (!response.ok) throw new Error(`${address}: HTTP status ${response.status}`);
    await cache.put(address, straight(response));
  };
  await Promise.all(addresses.map(keepOne));
}

async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const cache = await caches.open(shelf.name);
    const kept = await cache.match(shelf.pageAddress(request.url));
    if (kept) return kept;
    throw error;
  }
}

async function file(request: Request): Promise<Response> {
  const cache = await caches.open(shelf.name);
  const kept = await cache.match(request.url);
  if (kept) return kept;
  const response = await fetch(request);
  // Where there is no room, the file is still there to use.
  if (response.ok && response.status === 200)
    await cache.put(request.url, response.clone()).catch(() => undefined);
  return response;
}

/** Some hosts redirect to other names of a page; browsers refuse such an answer from here. */
function straight(response: Response): Response {
  const { redirected, body, status, headers } = response;
  return redirected ? new Response(body, { status, headers }) : response;
}
