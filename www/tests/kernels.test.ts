import { afterEach, expect, it, vi } from "vitest";
import { AscentRun } from "../src/engine/ascent-run";
import { Engine } from "../src/engine/engine";
import type { AdapterInfo } from "../src/public/types";
import { fakePlatform, ORDER, settle } from "./fake-platform";
import { coded } from "./fake-wasm";

afterEach(() => vi.unstubAllGlobals());

const ADAPTER: AdapterInfo = {
  vendor: "acme",
  architecture: "b-1",
  description: "Acme B 1 & more",
  isFallback: false,
};

/** A browser's caches, here one for all, from address to body. */
function browserThatKeeps(): Map<string, string> {
  const kept = new Map<string, string>();
  const cache = {
    match: async (address: string) => (kept.has(address) ? new Response(kept.get(address)) : undefined),
    put: async (address: string, response: Response) => kept.set(address, await response.text()),
  };
  vi.stubGlobal("caches", { open: async () => cache });
  return kept;
}

/** Opens the engine on an adapter and climbs, so many times; what was chosen and measured on the way, in order. */
async function visit(adapter: AdapterInfo, measured: () => boolean, climbs = 1): Promise<string[]> {
  const log: string[] = [];
  const platform = fakePlatform({
    onSlices: (slices) => log.push(`chosen ${slices}`),
    measureSlices: () => {
      log.push("measured");
      return measured();
    },
    onStep: (_channels, iteration) => log.push(`step ${iteration}`),
  });
  const engine = await Engine.open({ ...ORDER, backend: "webgpu", adapter }, platform, () => undefined);
  for (let climb = 0; climb < climbs; climb++) {
    const settings = { layer: "block1_conv2", width: 4, height: 3, learningRate: 10, seed: 436 };
    const rules = { step: "gradient", preprocessing: "none" } as const;
    const order = { settings: { ...settings, ...rules }, channels: [0], iterations: 2, keep: "all" } as const;
    await new AscentRun(engine, order).finished;
    await settle();
  }
  engine.close();
  return log;
}

it("a real adapter is measured once a run is over, and the next visit chooses by that", async () => {
  const kept = browserThatKeeps();
  expect(await visit(ADAPTER, () => false, 2)).toEqual([
    "chosen true",
    "step 1",
    "step 2",
    "measured",
    "step 1",
    "step 2",
  ]);
  expect([...kept.values()]).toEqual(["whole"]);
  expect(await visit(ADAPTER, () => true)).toEqual(["chosen false", "step 1", "step 2"]);
  expect(await visit({ ...ADAPTER, architecture: "b-2" }, () => true)).toContain("measured");
  expect(kept.size).toBe(2);
});

it("a software adapter has no use for slices, and is not measured", async () => {
  browserThatKeeps();
  const log = await visit({ ...ADAPTER, isFallback: true }, () => true);
  expect(log).toEqual(["chosen false", "step 1", "step 2"]);
});

it.each([
  ["keeps nothing", undefined],
  ["may not be asked", { open: () => Promise.reject(new DOMException("denied", "SecurityError")) }],
])("where the browser %s, every visit begins anew", async (_what, caches) => {
  vi.stubGlobal("caches", caches);
  for (const _visit of [1, 2])
    expect(await visit(ADAPTER, () => false)).toEqual(["chosen true", "step 1", "step 2", "measured"]);
});

it("a measurement that fails is nobody's business", async () => {
  const kept = browserThatKeeps();
  const fails = () => {
    throw coded("compute-failed", "no");
  };
  expect(await visit(ADAPTER, fails, 2)).toHaveLength(6);
  expect(kept.size).toBe(0);
});
