/**
 * Lets the site's own page open without a network. Pages come from the network while there is one, so that a new
 * version is seen at once, and so does the catalogue; files with a hash in their names come from here. Weights are not its business: the engine
 * keeps them itself, checked. A version is replaced when no tab of it is open any more.
 */
import { isLoaded } from "./news";
import { SiteCache, type SiteFiles } from "./site-cache";
import type { WorkerScope } from "./worker-scope";

/** Put in by the build, which knows the files. */
declare const __SITE_FILES__: SiteFiles;

/** So long a reader waits for the newest page before seeing the one that is kept. */
const PATIENCE_MS = 4000;

const worker = globalThis as unknown as WorkerScope;
const site = new SiteCache(worker.registration.scope, __SITE_FILES__);

worker.addEventListener("install", (event) => event.waitUntil(keepAll(site.addresses, "no-cache")));
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener("message", (event) => {
  if (!isLoaded(event.data)) return;
  const files = event.data.addresses.filter((address) => site.isOfUse(address));
  // The browser has just loaded them: they need not travel again.
  event.waitUntil(keepAll(files, "force-cache"));
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const kind = site.kindOf(request);
  if (kind === "page") event.respondWith(newest(request.url, fetch(request)));
  else if (kind === "catalogue") event.respondWith(newest(request.url, kept(request)));
  else if (kind === "file") event.respondWith(file(request));
});

async function takeOver(): Promise<void> {
  // Where the cache cannot be opened, the old version stays in it and is in nobody's way.
  await clearOld().catch(() => undefined);
  await worker.clients.claim();
}

async function clearOld(): Promise<void> {
  const old = (await caches.keys()).filter((name) => site.isOld(name));
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function keepAll(addresses: readonly string[], mode: RequestCache): Promise<void> {
  const cache = await caches.open(site.name);
  const keepOne = async (address: string) => {
    if (await cache.match(address)) return;
    const response = await fetch(address, { cache: mode });
    if (!response.ok) throw new Error(`${address}: HTTP status ${response.status}`);
    await cache.put(address, straight(response));
  };
  await Promise.all(addresses.map(keepOne));
}

/** The newest, unless the network does not answer: on a dying one a request may hang for minutes. */
async function newest(url: string, fresh: Promise<Response>): Promise<Response> {
  const first = await Promise.race([fresh, patience()]).catch(() => undefined);
  return first ?? (await keptAt(site.pageAddress(url))) ?? fresh;
}

function patience(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, undefined));
}

async function file(request: Request): Promise<Response> {
  return (await keptAt(request.url)) ?? kept(request);
}

/** From the network, and kept for later. */
async function kept(request: Request): Promise<Response> {
  const response = await fetch(request);
  if (response.status === 200) await keep(request.url, response.clone());
  return response;
}

/** A cache may be damaged, or its disk full: then nothing is kept, and what is asked for comes from the network. */
async function keptAt(address: string): Promise<Response | undefined> {
  try {
    return await (await caches.open(site.name)).match(address);
  } catch {
    return undefined;
  }
}

async function keep(address: string, response: Response): Promise<void> {
  try {
    await (await caches.open(site.name)).put(address, response);
  } catch {
    // The file is there to use all the same.
  }
}

/** Some hosts redirect to other names of a page; browsers refuse such an answer from here. */
function straight(response: Response): Response {
  const { redirected, body, status, headers } = response;
  return redirected ? new Response(body, { status, headers }) : response;
}
