/** What the browser keeps: nothing is fetched twice, nothing damaged or outdated is used, and all of it can be cleared. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Outcome } from "./pages/lab";
import { MOUNTS, own, stage, WEIGHTS } from "./support/fixture";
import { type Shard, shard, shardsOf, weightsSent } from "./support/folders";
import { generate, INDEX_FILE } from "./support/generated-weights";
import { Site } from "./support/host/site";
import { LabPage, SMALL_CLIMB } from "./support/lab";
import { folder, type Mount } from "./support/mounts";

const NARROW = { seed: 11, divisor: 16, upTo: "block5_conv3" };
const CACHE = "vggscope-weights-1";
const FIRST = { layer: "block1_conv2" };

/** A folder whose author puts other weights into it. */
const versions = [NARROW.seed, 12].map((seed) => folder("/changing/", () => generate({ ...NARROW, seed })));
let version = 0;
const changing: Mount = {
  prefix: "/changing/",
  read: async (path) => versions[version]?.read(path),
};

const set = stage({ mounts: [changing, ...MOUNTS] });
let lab: LabPage;
let shards: ReadonlyMap<string, Shard>;
let narrow: string;

beforeAll(async () => {
  lab = await LabPage.open(set);
  narrow = (await lab.attempt({ weights: WEIGHTS.narrow })).picture;
  shards = await shardsOf(set.site.origin + own.narrow());
});

afterAll(() => expect(lab.errors).toEqual([]));

/** Requests other than the question whether an index is still the same. */
function askedSince(from: number): string[] {
  return set.site.served
    .slice(from)
    .filter(({ method }) => method !== "HEAD")
    .map(({ path }) => path);
}

/** A later visit to these weights: its outcome, and what it asked the host for. */
async function visit(weights: string): Promise<Outcome & { asked: string[] }> {
  const from = set.site.served.length;
  const page = await lab.again();
  const outcome = await page.attempt({ weights });
  const asked = askedSince(from).filter((path) => path.startsWith(weights));
  await page.page.close();
  return { ...outcome, asked };
}

function goodVisit({ refusal, picture }: Outcome): void {
  expect(refusal).toBeUndefined();
  expect(picture).toBe(narrow);
}

describe("a second visit", () => {
  it("fetches nothing, and says that it reads", async () => {
    const weights = own.narrow();
    goodVisit(await visit(weights));
    const second = await visit(weights);
    goodVisit(second);
    expect([second.asked, second.bytesFetched]).toEqual([[], 0]);
    expect(new Set(second.progress.map(({ state }) => state))).toEqual(new Set(["reading"]));
    expect(set.site.servedUnder(weights).filter(({ method }) => method === "HEAD")).toHaveLength(1);
  });

  it("to a deeper layer fetches just what is new", async () => {
    const weights = own.narrow();
    await lab.attempt({ weights, climb: FIRST });
    const { asked } = await visit(weights);
    const paths = [...shards.values()].map(({ file }) => weights + file);
    expect([...asked].sort()).toEqual(paths.slice(2).sort());
  });

  it("sees that the author has changed the weights", async () => {
    version = 0;
    goodVisit(await visit("/changing/"));
    version = 1;
    const { refusal, picture, asked } = await visit("/changing/");
    expect(refusal).toBeUndefined();
    expect(picture === narrow).toBe(false);
    expect(asked).toHaveLength(1 + shards.size);
    expect((await visit("/changing/")).asked).toEqual([]);
  });

  it.each([405, 501])("trusts its copy where the host answers HEAD with %i", async (status) => {
    const weights = own.narrow();
    await visit(weights);
    set.site.spoil(weights + INDEX_FILE, { kind: "status", status }, { method: "HEAD" });
    const second = await visit(weights);
    goodVisit(second);
    expect(second.asked).toEqual([]);
  });

  it.each(["last-modified", "none"] as const)(
    "fetches nothing from a host whose validator is %s",
    async (validator) => {
      const host = await Site.open({
        mounts: MOUNTS,
        validator,
        headers: { "access-control-allow-origin": "*" },
      });
      const weights = host.origin + own.narrow();
      goodVisit(await visit(weights));
      const sent = host.sentUnder("/");
      const second = await visit(weights);
      goodVisit(second);
      expect(host.sentUnder("/")).toBe(sent);
      await host.close();
    },
  );

  it("works without the weights' host", async () => {
    const host = await Site.open({ mounts: MOUNTS, headers: { "access-control-allow-origin": "*" } });
    const weights = host.origin + own.narrow();
    goodVisit(await visit(weights));
    await host.close();
    goodVisit(await visit(weights));
  });
});

describe("a kept file that is damaged is fetched again", () => {
  it.each(["a flipped bit", "a cut end", "a web page"])("%s", async (damage) => {
    const weights = own.narrow();
    goodVisit(await visit(weights));
    const path = weights + shard(shards, "block3_conv1").file;
    await lab.page.evaluate(spoilKept, { cache: CACHE, url: set.site.origin + path, damage });
    const second = await visit(weights);
    goodVisit(second);
    expect(second.asked).toEqual([path]);
    expect((await visit(weights)).asked).toEqual([]);
  });

  it("an index", async () => {
    const weights = own.narrow();
    goodVisit(await visit(weights));
    const path = weights + INDEX_FILE;
    await lab.page.evaluate(spoilKept, { cache: CACHE, url: set.site.origin + path, damage: "a cut end" });
    const second = await visit(weights);
    goodVisit(second);
    expect(second.asked).toEqual([path]);
  });
});

describe("two tabs at once", () => {
  it("fetch each file once in all; one waits for the other and says so", async () => {
    const weights = own.full();
    const { file } = shard(await shardsOf(set.site.origin + weights), "block1_conv2");
    set.site.spoil(weights + file, { kind: "slow", bytesPerSecond: 100_000 });
    const from = set.site.served.length;
    const other = await lab.again();
    const [one, two] = await Promise.all([lab, other].map((tab) => tab.attempt({ weights, climb: FIRST })));
    await other.page.close();
    expect([one?.refusal, two?.refusal]).toEqual([undefined, undefined]);
    expect(one?.picture).toBe(two?.picture);
    const asked = askedSince(from).filter((path) => path.endsWith(".safetensors"));
    expect(asked).toHaveLength(2);
    expect(new Set(asked).size).toBe(2);
    const states = [one, two].flatMap((outcome) => outcome?.progress.map(({ state }) => state));
    expect(states).toContain("waiting");
    expect((one?.bytesFetched ?? 0) + (two?.bytesFetched ?? 0)).toBe(weightsSent(set.site, weights));
  });

  it("the one that waits goes on by itself when the other is closed", async () => {
    const weights = own.full();
    const { file } = shard(await shardsOf(set.site.origin + weights), "block1_conv2");
    set.site.spoil(weights + file, { kind: "stall" }, { times: 1 });
    const other = await lab.again();
    const asked = () => set.site.servedUnder(weights + file).length;
    void other.attempt({ weights, climb: FIRST }).catch(() => undefined);
    await expect.poll(asked).toBe(1);
    const pending = lab.attempt({ weights, climb: FIRST });
    await expect.poll(() => lab.page.evaluate(locksWaitedFor)).toBe(1);
    expect(asked()).toBe(1);
    await other.page.close();
    expect((await pending).refusal).toBeUndefined();
    expect(asked()).toBe(2);
  });
});

it("what is kept has a size, can be cleared, and is then fetched again", async () => {
  const kept = () => lab.page.evaluate(() => inPage.library.Vggscope.cachedWeights());
  await lab.page.evaluate(() => inPage.library.Vggscope.clearCachedWeights());
  expect(await kept()).toEqual({ bytes: 0, files: 0 });
  const weights = own.narrow();
  goodVisit(await visit(weights));
  expect(await kept()).toEqual({ bytes: set.site.sentUnder(weights), files: 1 + shards.size });
  await lab.page.evaluate(() => inPage.library.Vggscope.clearCachedWeights());
  expect(await kept()).toEqual({ bytes: 0, files: 0 });
  const again = await visit(weights);
  goodVisit(again);
  expect(again.asked).toHaveLength(1 + shards.size);
});

it("what is kept is not kept a second time by the browser's HTTP cache", async () => {
  const site = await Site.open({ mounts: MOUNTS, cacheable: "/own/" });
  onTestFinished(() => site.close());
  const visitor = await LabPage.open({ browser: set.browser, site });
  onTestFinished(() => visitor.close());
  const weights = own.narrow();
  goodVisit(await visitor.attempt({ weights }));
  await visitor.page.evaluate(() => inPage.library.Vggscope.clearCachedWeights());
  const from = site.served.length;
  goodVisit(await visitor.attempt({ weights }));
  const files = site.served.slice(from).filter(({ path }) => path.endsWith(".safetensors"));
  expect(files).toHaveLength(shards.size);
});

/** Notes, in a worker, what arrays of bytes its scripts were given and have made of weights. */
const NOTE_ARRAYS = `
const arrays = [];
const { read } = ReadableStreamDefaultReader.prototype;
ReadableStreamDefaultReader.prototype.read = async function () {
  const chunk = await read.call(this);
  if (chunk.value) arrays.push(chunk.value);
  return chunk;
};
const { arrayBuffer } = Response.prototype;
Response.prototype.arrayBuffer = async function () {
  const buffer = await arrayBuffer.call(this);
  arrays.push(buffer);
  return buffer;
};
globalThis.Response = class extends Response {
  constructor(body, init) {
    super(body, init);
    arrays.push(body);
  }
};
globalThis.arraysHeld = () => arrays.map(({ byteLength }) => byteLength);
`;

it.each(["first", "second"])(
  "a worker has let go of what scripts had of weights, on a %s visit",
  async (visit) => {
    const visitor = await LabPage.open(set);
    onTestFinished(() => visitor.close());
    const weights = own.narrow();
    if (visit === "second") goodVisit(await visitor.attempt({ weights }));
    await visitor.page.route(/worker.*\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${NOTE_ARRAYS}${await response.text()}` });
    });
    const scope = await visitor.scope({ backend: "cpu", weights });
    await visitor.climb(scope, { ...SMALL_CLIMB, channels: [0] });
    const held = await visitor.page
      .workers()[0]
      ?.evaluate(() => (globalThis as unknown as { arraysHeld(): number[] }).arraysHeld());
    expect(held?.length).toBeGreaterThanOrEqual(shards.size);
    expect(new Set(held)).toEqual(new Set([0]));
  },
);

describe("no room", () => {
  it("weights that the browser refuses to keep are used all the same, once, and said not to be kept", async () => {
    const visitor = await LabPage.open(set);
    const cdp = await visitor.page.context().newCDPSession(visitor.page);
    await cdp.send("Storage.overrideQuotaForOrigin", { origin: set.site.origin, quotaSize: 20_000 });
    const weights = own.narrow();
    const first = await visitor.attempt({ weights });
    goodVisit(first);
    expect(first.model?.origin.notKept).toBe(true);
    expect(first.bytesFetched).toBe(weightsSent(set.site, weights));
    const second = await visitor.attempt({ weights });
    goodVisit(second);
    expect(second.bytesFetched).toBeGreaterThan(0);
    await visitor.close();
  });

  // A site that is no secure context has neither; a browser may have the one and not the other.
  it.each([
    [["caches"], true],
    [["locks"], false],
    [["caches", "locks"], true],
  ] as const)("a browser without %s climbs", async (missing, fetchesAgain) => {
    const visitor = await LabPage.open(set);
    const removed: string[] = [];
    visitor.page.on("console", (message) => removed.push(message.text()));
    // A worker cannot be reached before it starts.
    await visitor.page.route(/worker.*\.js$/, async (route) => {
      const response = await route.fetch();
      const before = missing.map((name) => `${REMOVAL[name]}\nconsole.log("without ${name}");`).join("\n");
      await route.fulfill({ response, body: `${before}\n${await response.text()}` });
    });
    const weights = own.narrow();
    const first = await visitor.attempt({ weights });
    goodVisit(first);
    expect(first.bytesFetched).toBe(weightsSent(set.site, weights));
    expect(new Set(removed)).toEqual(new Set(missing.map((name) => `without ${name}`)));
    const second = await visitor.attempt({ weights });
    goodVisit(second);
    expect(second.bytesFetched > 0).toBe(fetchesAgain);
    await visitor.close();
  });
});

/** Runs in a worker before its own program: what a browser or a page without it has not got. */
const REMOVAL = {
  caches: "Object.defineProperty(self, 'caches', { value: undefined });",
  locks: "Object.defineProperty(navigator, 'locks', { value: undefined });",
};

/** Runs in the page: how many locks of its site somebody waits for. */
async function locksWaitedFor(): Promise<number> {
  return (await navigator.locks.query()).pending?.length ?? 0;
}

interface Damage {
  cache: string;
  url: string;
  damage: string;
}

/** Runs in the page: puts a damaged copy in the place of a kept file. */
async function spoilKept({ cache: name, url, damage }: Damage): Promise<void> {
  const cache = await caches.open(name);
  const kept = await cache.match(url);
  if (!kept) throw new Error(`${url} is not kept`);
  const bytes = new Uint8Array(await kept.arrayBuffer());
  const middle = bytes.length >> 1;
  if (damage === "a flipped bit") bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  const html = new TextEncoder().encode("<!doctype html><title>Log in</title>");
  const body = damage === "a web page" ? html : damage === "a cut end" ? bytes.subarray(0, middle) : bytes;
  await cache.put(url, new Response(body, { headers: kept.headers }));
}
