import { afterEach, expect, it, vi } from "vitest";
import { cachedWeights, clearCachedWeights } from "../src/engine/weight-cache";

afterEach(() => vi.unstubAllGlobals());

/** A browser's caches, one of them the weights'. */
function browserWith(sizes: readonly number[]): Map<string, readonly Response[]> {
  const kept = sizes.map((size) => new Response(null, { headers: { "content-length": String(size) } }));
  const stored = new Map<string, readonly Response[]>([
    ["vggscope-weights-1", kept],
    ["somebody-elses", [new Response(null, { headers: { "content-length": "7" } })]],
  ]);
  vi.stubGlobal("caches", {
    has: async (name: string) => stored.has(name),
    open: async (name: string) => ({ matchAll: async () => stored.get(name) }),
    delete: async (name: string) => stored.delete(name),
  });
  return stored;
}

it("adds up what is kept of weights, and removes just that", async () => {
  const stored = browserWith([3752, 74_024]);
  expect(await cachedWeights()).toEqual({ bytes: 77_776, files: 2 });
  await clearCachedWeights();
  expect([...stored.keys()]).toEqual(["somebody-elses"]);
  expect(await cachedWeights()).toEqual({ bytes: 0, files: 0 });
});

it("finds nothing, and has nothing to remove, where a page has no caches", async () => {
  vi.stubGlobal("caches", undefined);
  Reflect.deleteProperty(globalThis, "caches");
  expect(await cachedWeights()).toEqual({ bytes: 0, files: 0 });
  await expect(clearCachedWeights()).resolves.toBeUndefined();
});

it("finds nothing where a page may not look", async () => {
  vi.stubGlobal("caches", { has: () => Promise.reject(new DOMException("denied", "SecurityError")) });
  expect(await cachedWeights()).toEqual({ bytes: 0, files: 0 });
  await expect(clearCachedWeights()).resolves.toBeUndefined();
});
