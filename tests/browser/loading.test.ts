/** Loading that survives: connections that break, hosts that stall or crawl, tries, waits and giving up. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { WeightProgress } from "../../www/src/vggscope";
import { MOUNTS, own, stage, WEIGHTS } from "./support/fixture";
import { type Shard, shard, shardsOf, weightsSent } from "./support/folders";
import { INDEX_FILE } from "./support/generated-weights";
import { Site } from "./support/host/site";
import { LabPage } from "./support/lab";

/** Runs in a worker before its own program: the ten seconds that a host is given are over when a test says so. */
const PATIENCE_TO_ORDER = `
  const { setTimeout: start, clearTimeout: end } = self;
  const waiting = new Map();
  self.setTimeout = (run, ms, ...rest) => {
    const timer = start(run, ms, ...rest);
    if (ms >= 10_000) waiting.set(timer, { run, ms });
    return timer;
  };
  self.clearTimeout = (timer) => {
    waiting.delete(timer);
    end(timer);
  };
  self.waiting = waiting;
`;

declare global {
  /** In a worker: timers of ten seconds and more, by their numbers. */
  var waiting: Map<number, { run: () => void; ms: number }>;
}

/** Runs in a worker: ends what it waits ten seconds for; answers with how long each was to last. */
function tenSecondsPass(): number[] {
  return [...globalThis.waiting].map(([timer, { run, ms }]) => {
    clearTimeout(timer);
    run();
    return ms;
  });
}

/** Runs in the page: whether the browser keeps all of these. */
async function areKept(addresses: string[]): Promise<boolean> {
  const found = await Promise.all(addresses.map((address) => caches.match(address)));
  return found.every((kept) => kept !== undefined);
}

const set = stage();
const FIRST = { layer: "block1_conv2" };
let lab: LabPage;
let elsewhere: Site;
/** The same in every folder of these weights. */
let first: Shard;
let second: Shard;
let narrowShards: ReadonlyMap<string, Shard>;
const pictures = new Map<string, string>();

beforeAll(async () => {
  elsewhere = await Site.open({ mounts: MOUNTS, headers: { "access-control-allow-origin": "*" } });
  lab = await LabPage.open(set);
  pictures.set("full", (await lab.attempt({ weights: WEIGHTS.full, climb: FIRST })).picture);
  pictures.set("narrow", (await lab.attempt({ weights: WEIGHTS.narrow })).picture);
  const shards = await shardsOf(set.site.origin + own.full());
  [first, second] = [shard(shards, "block1_conv1"), shard(shards, "block1_conv2")];
  narrowShards = await shardsOf(set.site.origin + own.narrow());
});

afterAll(async () => {
  await elsewhere.close();
  expect(lab.errors).toEqual([]);
});

/** Everything that a reader of all layers asks a folder for. */
const narrowFiles = () => [INDEX_FILE, ...[...narrowShards.values()].map(({ file }) => file)];
const narrowPath = (folder: string, layer: string) => folder + shard(narrowShards, layer).file;
const secondOf = (folder: string) => folder + second.file;
const statesOf = (progress: WeightProgress[]) => [...new Set(progress.map(({ state }) => state))];

// Most of their time these wait for a host, each for an address of its own.
describe.concurrent("a host that fails in passing", () => {
  it("a body that is cut is taken up where it broke off, no byte twice", async () => {
    const weights = own.full();
    set.site.spoil(secondOf(weights), { kind: "cut", bytes: 100_000 }, { times: 1 });
    const { refusal, picture, progress, bytesFetched } = await lab.attempt({ weights, climb: FIRST });
    expect(refusal).toBeUndefined();
    expect(picture).toBe(pictures.get("full"));
    expect(statesOf(progress)).toContain("retrying");
    const served = set.site.servedUnder(secondOf(weights));
    expect(served.map(({ range, status, bytes }) => ({ range, status, bytes }))).toEqual([
      { range: "", status: 200, bytes: 100_000 },
      { range: "bytes=100000-", status: 206, bytes: second.bytes - 100_000 },
    ]);
    expect(bytesFetched).toBe(weightsSent(set.site, weights));
  });

  it("where the host ignores the Range of a resumed body, it is read from the beginning", async () => {
    const weights = own.full();
    set.site.spoil(secondOf(weights), { kind: "cut", bytes: 100_000 }, { times: 1 });
    set.site.spoil(secondOf(weights), { kind: "ignore-range" });
    const { refusal, picture, bytesFetched } = await lab.attempt({ weights, climb: FIRST });
    expect(refusal).toBeUndefined();
    expect(picture).toBe(pictures.get("full"));
    expect(bytesFetched).toBe(weightsSent(set.site, weights));
    expect(set.site.sentUnder(secondOf(weights))).toBe(100_000 + second.bytes);
  });

  it("where the host compresses the rest of a body, it is read from the beginning", async () => {
    const weights = own.full();
    set.site.spoil(secondOf(weights), { kind: "cut", bytes: 100_000 }, { times: 1 });
    // Chromium refuses a compressed answer to a request with Range: the answer cannot even be looked at.
    set.site.spoil(secondOf(weights), { kind: "gzip", ranges: "ignored" });
    const { refusal, picture } = await lab.attempt({ weights, climb: FIRST });
    expect(refusal).toBeUndefined();
    expect(picture).toBe(pictures.get("full"));
  });

  it("a resumed body that goes on elsewhere is not pieced together", async () => {
    const weights = own.full();
    set.site.spoil(secondOf(weights), { kind: "cut", bytes: 100_000 }, { times: 1 });
    set.site.spoil(secondOf(weights), { kind: "wrong-range", shift: 8 }, { times: 1 });
    const { picture } = await lab.attempt({ weights, climb: FIRST });
    expect(picture).toBe(pictures.get("full"));
  });

  it("a host that is busy twice is asked a third time", async () => {
    const weights = own.narrow();
    const path = narrowPath(weights, "block2_conv1");
    set.site.spoil(path, { kind: "status", status: 503 }, { times: 2 });
    const { refusal, picture, progress, milliseconds } = await lab.attempt({ weights });
    expect(refusal).toBeUndefined();
    expect(picture).toBe(pictures.get("narrow"));
    expect(set.site.servedUnder(path).map(({ status }) => status)).toEqual([503, 503, 200]);
    const details = progress.filter(({ state }) => state === "retrying").map(({ detail }) => detail);
    expect(details).toHaveLength(2);
    for (const detail of details) expect(detail).toMatch(/again in .* s.*503/s);
    expect(milliseconds).toBeGreaterThan(1300);
  });

  it("an index is asked for again too", async () => {
    const weights = own.narrow();
    set.site.spoil(weights + INDEX_FILE, { kind: "status", status: 429 }, { times: 1 });
    expect((await lab.attempt({ weights })).picture).toBe(pictures.get("narrow"));
  });

  it("a file that is not there is not asked for twice", async () => {
    const weights = own.narrow();
    const path = narrowPath(weights, "block2_conv1");
    set.site.spoil(path, { kind: "status", status: 404 });
    expect((await lab.attempt({ weights })).refusal?.code).toBe("weights-not-found");
    expect(set.site.servedUnder(path)).toHaveLength(1);
  });

  it.each([
    ["of the right length", { kind: "flip", at: 1000 }],
    ["too short", { kind: "short", bytes: 900 }],
  ] as const)("a wrong file, %s, is fetched once more", async (_, fault) => {
    const weights = own.narrow();
    const path = narrowPath(weights, "block2_conv1");
    set.site.spoil(path, fault, { times: 1 });
    expect((await lab.attempt({ weights })).picture).toBe(pictures.get("narrow"));
    expect(set.site.servedUnder(path)).toHaveLength(2);
  });

  it("what a host compresses on the way counts as what it stands for", async () => {
    const weights = own.narrow();
    for (const file of narrowFiles()) {
      set.site.spoil(weights + file, { kind: "gzip", ranges: "ignored" });
    }
    const { refusal, picture, progress } = await lab.attempt({ weights });
    expect(refusal).toBeUndefined();
    expect(picture).toBe(pictures.get("narrow"));
    const last = progress.at(-1);
    expect(last?.loadedBytes).toBe(last?.totalBytes);
  });

  it("files that are elsewhere by now are followed there", async () => {
    const [weights, moved] = [own.narrow(), own.narrow()];
    for (const file of narrowFiles()) {
      set.site.spoil(weights + file, { kind: "redirect", to: elsewhere.origin + moved + file });
    }
    expect((await lab.attempt({ weights })).picture).toBe(pictures.get("narrow"));
    expect(elsewhere.sentUnder(moved)).toBeGreaterThan(0);
  });

  it("a slow host: bytes come in steps, the time left goes down", async () => {
    const weights = own.full();
    set.site.spoil(secondOf(weights), { kind: "slow", bytesPerSecond: 64_000 });
    const { refusal, progress } = await lab.attempt({ weights, climb: FIRST });
    expect(refusal).toBeUndefined();
    const loaded = progress.map(({ loadedBytes }) => loadedBytes);
    expect(new Set(loaded).size).toBeGreaterThan(8);
    expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
    const left = progress.flatMap(({ secondsLeft }) => secondsLeft ?? []);
    // 148 kB at 64 kB a second.
    expect(left[0]).toBeGreaterThan(0.2);
    expect(left[0]).toBeLessThan(5);
    expect(left.at(-1)).toBeLessThan(left[0] ?? 0);
  });
});

it("a body that stalls is given ten seconds, then taken up where it stopped", async () => {
  const weights = own.full();
  set.site.spoil(secondOf(weights), { kind: "stall-after", bytes: 50_000 }, { times: 1 });
  const visitor = await LabPage.open(set);
  await visitor.page.route(/worker.*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `{${PATIENCE_TO_ORDER}}\n${await response.text()}` });
  });
  const pending = visitor.attempt({ weights, climb: FIRST });
  const loaded = () => visitor.page.evaluate(() => inPage.latest?.progress.at(-1)?.loadedBytes);
  await expect.poll(loaded).toBe(first.bytes + 50_000);
  expect(set.site.servedUnder(secondOf(weights))).toHaveLength(1);
  const waits = await Promise.all(visitor.page.workers().map((worker) => worker.evaluate(tenSecondsPass)));
  expect(waits.flat()).toEqual([10_000]);
  const { refusal, picture, progress } = await pending;
  expect(refusal).toBeUndefined();
  expect(picture).toBe(pictures.get("full"));
  expect(progress.find(({ state }) => state === "retrying")?.detail).toMatch(/no byte came for 10 s/);
  expect(set.site.servedUnder(secondOf(weights)).map(({ range }) => range)).toEqual(["", "bytes=50000-"]);
  await visitor.close();
});

describe("order", () => {
  it("three files come at a time, the lowest layers first", async () => {
    const weights = own.narrow();
    const layers = [...narrowShards.keys()];
    set.site.spoil(narrowPath(weights, "block1_conv1"), { kind: "slow", bytesPerSecond: 500 });
    const pending = lab.attempt({ weights });
    expect((await pending).picture).toBe(pictures.get("narrow"));
    const served = set.site.servedUnder(weights);
    const asked = served.map(({ path }) => path.slice(weights.length));
    expect(asked.slice(0, 4)).toEqual([INDEX_FILE, ...layers.slice(0, 3).map(fileOf)]);
    expect(asked).toHaveLength(1 + layers.length);
    // While the lowest was on its way the two after it came, and no fourth was asked for.
    const [lowest, second, third, fourth] = served.slice(1);
    const came = lowest?.sentAt ?? Number.NaN;
    expect(Math.max(second?.sentAt ?? came, third?.sentAt ?? came)).toBeLessThan(came);
    expect(fourth?.askedAt).toBeGreaterThanOrEqual(came);
    // Two that are under way together may overtake each other, by no more than that.
    const early = layers.map((layer, place) => place - (asked.indexOf(fileOf(layer)) - 1));
    expect(Math.max(...early.map(Math.abs))).toBeLessThanOrEqual(2);
  });

  it("a run starts as soon as its own layers are there", async () => {
    const weights = own.narrow();
    const stalled = narrowPath(weights, "block2_conv1");
    set.site.spoil(stalled, { kind: "stall" });
    const outcome = await lab.page.evaluate(async (address) => {
      const scope = inPage.scope(await inPage.open({ weights: address, backend: "cpu" }));
      const order = { channels: [0, 1], width: 16, height: 16, iterations: 3 };
      const deep = scope.ascend({ ...order, layer: "block2_conv2" });
      const shallow = await scope.ascend({ ...order, layer: "block1_conv2" }).finished;
      deep.stop();
      const given = await deep.finished.catch(({ code }) => code as string);
      return { shallow, given };
    }, weights);
    expect(outcome).toEqual({ shallow: "finished", given: expect.stringMatching(/stopped|cancelled/) });
    set.site.mend(weights);
  });
});

const fileOf = (layer: string) => shard(narrowShards, layer).file;

describe("giving up", () => {
  it("a signal ends the opening of a host that never answers", async () => {
    const weights = own.narrow();
    set.site.spoil(weights + INDEX_FILE, { kind: "stall" });
    const refusal = lab.page.evaluate((address) => {
      const controller = new AbortController();
      const give = () => controller.abort();
      addEventListener("give-up", give, { once: true });
      return inPage.refusal(() =>
        inPage.open({ weights: address, backend: "cpu", signal: controller.signal }),
      );
    }, weights);
    const asked = () => set.site.servedUnder(weights).length;
    await expect.poll(asked).toBe(1);
    await lab.page.evaluate(() => dispatchEvent(new Event("give-up")));
    expect(await refusal).toMatchObject({ own: true, code: "weights-cancelled" });
    // Had it waited for the host to be given up instead, it would have been asked again.
    expect(asked()).toBe(1);
  });

  it("what has arrived whole is kept, and starting again goes on from there", async () => {
    const weights = own.narrow();
    const stalled = narrowPath(weights, "block2_conv1");
    set.site.spoil(stalled, { kind: "stall" }, { times: 1 });
    const scope = await lab.scope({ weights, backend: "cpu" });
    const climb = () =>
      lab.page.evaluate((number) => {
        const order = { layer: "block2_conv2", channels: [0], width: 16, height: 16, iterations: 1 };
        const run = inPage.scope(number).ascend(order);
        addEventListener("give-up", () => run.stop(), { once: true });
        return run.finished.catch(({ code }) => code as string);
      }, scope);
    const stopped = climb();
    const below = ["block1_conv1", "block1_conv2"].map(
      (layer) => set.site.origin + narrowPath(weights, layer),
    );
    await expect.poll(() => lab.page.evaluate(areKept, below)).toBe(true);
    await expect.poll(() => set.site.servedUnder(stalled).length).toBe(1);
    await lab.page.evaluate(() => dispatchEvent(new Event("give-up")));
    expect(await stopped).toMatch(/stopped|cancelled/);
    const before = set.site.servedUnder(weights).length;
    expect(await climb()).toBe("finished");
    const asked = set.site
      .servedUnder(weights)
      .slice(before)
      .map(({ path }) => path);
    expect(asked).toContain(stalled);
    expect(asked.filter((path) => path.includes("block1_"))).toEqual([]);
  });

  it("a load that fails lets go of the requests beside it, which would take up every connection", async () => {
    const weights = own.narrow();
    set.site.spoil(narrowPath(weights, "block1_conv1"), { kind: "status", status: 404 });
    set.site.spoil(narrowPath(weights, "block1_conv2"), { kind: "stall" });
    set.site.spoil(narrowPath(weights, "block2_conv1"), { kind: "stall" });
    const scope = await lab.scope({ weights, backend: "cpu" });
    const climb = { layer: "block2_conv1", channels: [0], width: 16, height: 16, iterations: 1 };
    for (let times = 0; times < 4; times++) {
      const refusal = await lab.page.evaluate(
        ([number, order]) => inPage.refusal(() => inPage.scope(number).ascend(order).finished),
        [scope, climb] as const,
      );
      expect(refusal).toMatchObject({ own: true, code: "weights-not-found" });
    }
    set.site.mend(weights);
    const from = performance.now();
    expect(await lab.climb(scope, climb)).toHaveLength(1);
    expect(performance.now() - from).toBeLessThan(5000);
  });
});
