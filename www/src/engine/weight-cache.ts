/** Weights that this browser keeps for this site. The worker fills the cache; here it is measured and emptied. */
import type { CachedWeights } from "../public/types";

/** As the Rust side names it. */
const NAME = "vggscope-weights-1";

/** Every entry says its own size, so no body is read. */
export async function cachedWeights(): Promise<CachedWeights> {
  const cache = await (await storage())?.open(NAME);
  const entries = (await cache?.matchAll()) ?? [];
  const sizes = entries.map(({ headers }) => Number(headers.get("content-length")));
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), files: entries.length };
}

/** Names of the kept files of a folder, given by its absolute address. */
export async function keptAddresses(folder: string): Promise<string[]> {
  const cache = await (await storage())?.open(NAME);
  const requests = (await cache?.keys()) ?? [];
  return requests.flatMap(({ url }) => (url.startsWith(folder) ? [url.slice(folder.length)] : []));
}

export async function clearCachedWeights(): Promise<void> {
  await (await storage())?.delete(NAME);
}

/** Where there is such a cache. A page without a secure context has no caches, and one may be forbidden to look. */
async function storage(): Promise<CacheStorage | undefined> {
  if (!("caches" in globalThis)) return undefined;
  const there = await caches.has(NAME).catch(() => false);
  return there ? caches : undefined;
}
