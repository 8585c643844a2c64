/** Weights that this browser keeps for this site. The worker fills the cache; here it is measured and emptied. */
import type { CachedWeights } from "../public/types";

/** As the Rust side names it. */
const NAME = "vggscope-weights-1";

/** Every entry says its own size, so no body is read. */
export async function cachedWeights(): Promise<CachedWeights> {
  const entries = await asked((cache) => cache.matchAll());
  const sizes = entries.map(({ headers }) => Number(headers.get("content-length")));
  return { bytes: sizes.reduce((sum, size) => sum + size, 0), files: entries.length };
}

/** Names of the kept files of a folder, given by its absolute address; a query is behind each of them. */
export async function cachedAddresses(address: string): Promise<string[]> {
  const [folder = ""] = address.split("?", 1);
  const requests = await asked((cache) => cache.keys());
  return requests.flatMap(({ url }) => (url.startsWith(folder) ? [url.slice(folder.length)] : []));
}

/** Resolves also where there is nothing to clear. */
export async function clearCachedWeights(): Promise<void> {
  try {
    await caches.delete(NAME);
  } catch {
    // What may not be opened holds nothing.
  }
}

/**
 * What the cache answers; nothing where there is none. A page without a secure context has no caches; a sandboxed one, and
 * one whose site may not store anything, may not even ask: some browsers throw, others reject.
 */
async function asked<T>(question: (cache: Cache) => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return (await caches.has(NAME)) ? await question(await caches.open(NAME)) : [];
  } catch {
    return [];
  }
}
