/** A weights host that fails: the message names file, cause and remedy, nothing drawn is lost, and the page goes on. */
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { MOUNTS, own, stage } from "./support/fixture";
import { type Shard, shard, shardsOf } from "./support/folders";
import { INDEX_FILE } from "./support/generated-weights";
import type { Fault } from "./support/host/faults";
import { Site } from "./support/host/site";
import { ScopePage } from "./support/scope-page";

const set = stage();
const FIRST_LAYER = {
  backend: "cpu",
  layer: "block1_conv1",
  width: "16",
  height: "16",
  iterations: "3",
  channels: "0-3",
};
const LFS_POINTER = Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 74024\n");
/** Of the demo's second layer. */
let second: Shard;

beforeAll(async () => {
  second = shard(await shardsOf(`${set.site.origin}/weights/demo/`), "block1_conv2");
  expect(second.bytes).toBe(74_024);
});

/** What fails and how, the code, what the message says of cause and remedy, and how often the host is asked. */
interface Row {
  what: "index" | "second layer";
  fault: Fault;
  code: string;
  cause: RegExp;
  remedy: RegExp;
  asked: number;
}

/** Four times, over some seconds: what may pass by itself. */
const TRIES = 4;
/** What came whole and is wrong is fetched once more. */
const TWICE = 2;

const of =
  (what: Row["what"]) =>
  (fault: Fault, code: string, cause: RegExp, remedy: RegExp, asked: number): Row => ({
    what,
    fault,
    code,
    cause,
    remedy,
    asked,
  });
const index = of("index");
const layer = of("second layer");

const ADDRESS = /check the address/i;
const CONNECTION = /connection/i;

const FAILURES: readonly Row[] = [
  // The longest first: the others pass meanwhile.
  layer({ kind: "stall" }, "weights-stalled", /no byte for 10 s after 4 tries/, CONNECTION, TRIES),
  index({ kind: "status", status: 404 }, "weights-not-found", /404/, ADDRESS, 1),
  index({ kind: "web-page" }, "weights-web-page", /web page/i, ADDRESS, 1),
  index({ kind: "short", bytes: 500 }, "weights-not-an-index", /EOF/, /make the folder again/i, 1),
  index({ kind: "cut", bytes: 500 }, "weights-unreachable", /could not be read/i, CONNECTION, TRIES),
  index({ kind: "reset" }, "weights-unreachable", /could not be read/i, CONNECTION, TRIES),
  layer({ kind: "status", status: 404 }, "weights-not-found", /404/, /whole folder was uploaded/i, 1),
  layer({ kind: "status", status: 403 }, "weights-not-found", /403/, ADDRESS, 1),
  layer({ kind: "status", status: 503 }, "weights-not-found", /503/, ADDRESS, TRIES),
  layer({ kind: "web-page" }, "weights-web-page", /web page/i, ADDRESS, 1),
  layer({ kind: "short", bytes: 1000 }, "weights-truncated", /1000 bytes where 74024/, /try again/i, TWICE),
  layer({ kind: "cut", bytes: 1000 }, "weights-truncated", /000 bytes where 74024/, /try again/i, TRIES),
  layer({ kind: "short", bytes: 0 }, "weights-empty", /is empty/, /again/i, 1),
  layer({ kind: "flip", at: 40_000 }, "weights-checksum", /sha256 [0-9a-f]{64}/, /upload it again/i, TWICE),
  layer({ kind: "other", contents: LFS_POINTER }, "weights-lfs-pointer", /Git LFS/, /upload/i, 1),
  layer({ kind: "reset" }, "weights-unreachable", /could not be read/i, CONNECTION, TRIES),
];

// Most of their time these wait for a host, each for an address of its own.
describe.concurrent("what lasts is said, and the page is well when the host is", () => {
  it.for(FAILURES)("$what, $fault.kind: $code", async (row, test) => {
    const { what, fault, code, cause, remedy, asked } = row;
    const folder = own.demo();
    const path = folder + (what === "index" ? INDEX_FILE : second.file);
    const page = await open(test, what === "index" ? {} : { weights: folder });
    await page.reaches("finished");
    const drawn = await page.drawnTiles(4);

    set.site.spoil(path, fault);
    await page.link(what === "index" ? { weights: folder } : { layer: "block1_conv2" });
    await page.reaches("error", 60_000);
    const [message, ...others] = await page.messages();
    expect(others).toEqual([]);
    expect(message?.code).toBe(code);
    expect(message?.text).toContain(path.slice(folder.length));
    expect(message?.text).toMatch(cause);
    expect(message?.text).toMatch(remedy);
    // A connection that is reset before any answer is made again by the browser itself.
    if (fault.kind !== "reset") expect(set.site.servedUnder(path)).toHaveLength(asked);
    expect(await page.drawnTiles(4)).toEqual(drawn);

    set.site.mend(path);
    await page.press("Start");
    await page.reaches("finished");
    expect(await page.messages()).toEqual([]);
    const words = (await page.drawnTiles(4)).map(({ words: { iteration } }) => iteration);
    expect(words).toEqual(Array(4).fill("step 3"));
  });
});

describe.concurrent("another origin", () => {
  let elsewhere: Site;

  beforeAll(async () => {
    elsewhere = await Site.open({ mounts: MOUNTS, headers: { "access-control-allow-origin": "*" } });
  });
  afterAll(() => elsewhere.close());

  it.for(["index", "second layer"])(
    "that does not let this page read its %s: CORS is named",
    async (what, test) => {
      const folder = own.demo();
      const path = folder + (what === "index" ? INDEX_FILE : second.file);
      elsewhere.spoil(path, { kind: "cors-refused" });
      const page = await open(test, { weights: elsewhere.origin + folder, layer: "block1_conv2" });
      await page.reaches("error");
      const [message, ...others] = await page.messages();
      expect(others).toEqual([]);
      expect(message?.code).toBe("weights-cors-refused");
      expect(message?.text).toContain(elsewhere.origin + path);
      expect(message?.text).toMatch(/Access-Control-Allow-Origin.*download the file and open it from disk/s);
      elsewhere.mend(folder);
      await page.page.getByRole("button", { name: "Try again" }).click();
      await page.reaches("finished");
    },
  );

  it("that is not there at all is not taken for one that refuses", async (test) => {
    const gone = await Site.open({ mounts: [] });
    const { origin } = gone;
    await gone.close();
    const page = await open(test, { weights: `${origin}/weights/` });
    await page.reaches("error");
    expect((await page.messages())[0]?.code).toBe("weights-unreachable");
  });
});

describe.concurrent("on the page", () => {
  it("a slow host: the line and the bar move, the time left is said, and it comes to an end", async (test) => {
    const folder = own.demo();
    set.site.spoil(folder + second.file, { kind: "slow", bytesPerSecond: 32_000 });
    const page = await open(test, { weights: folder, layer: "block1_conv2" });
    const lines = new Set<string>();
    const bars = new Set<number>();
    await test.expect
      .poll(async () => {
        lines.add(await page.weightsLine());
        bars.add(await page.page.locator("#run-bar").evaluate((bar) => (bar as HTMLProgressElement).value));
        return page.page.locator("vgg-scope").getAttribute("data-state");
      })
      .toBe("finished");
    const moving = [...lines].filter((line) => /^Weights: \d+ of 78 kB/.test(line));
    expect(moving.length).toBeGreaterThanOrEqual(3);
    expect(moving.filter((line) => /about \d+ s left$/.test(line)).length).toBeGreaterThanOrEqual(1);
    expect(bars.size).toBeGreaterThanOrEqual(4);
  });

  it("while a host is asked again the page says why and when, and loses nothing", async (test) => {
    const folder = own.demo();
    const path = folder + second.file;
    set.site.spoil(path, { kind: "status", status: 503 }, { times: 3 });
    const page = await open(test, { weights: folder });
    await page.reaches("finished");
    await page.link({ layer: "block1_conv2" });
    await test.expect.poll(() => page.weightsLine()).toMatch(/Trying again in .* s\b.*503/);
    expect(await page.drawnTiles(4)).toHaveLength(4);
    await page.reaches("finished");
    expect(await page.messages()).toEqual([]);
    expect(set.site.servedUnder(path)).toHaveLength(4);
  });

  it("while one model's host fails, the other model works", async (test) => {
    const folder = own.demo();
    set.site.spoil(folder + INDEX_FILE, { kind: "status", status: 404 });
    const page = await open(test, { weights: folder });
    await page.reaches("error");
    await page.chooseUntrained();
    await page.reaches("finished");
    expect(await page.messages()).toEqual([]);
    // What could not be opened is no choice.
    expect(await page.page.getByLabel(`From the link: ${folder}`).count()).toBe(0);
  });

  it("a layer fetched well is not fetched again when a deeper one failed", async (test) => {
    const folder = own.demo();
    const path = folder + second.file;
    set.site.spoil(path, { kind: "status", status: 404 });
    const page = await open(test, { weights: folder, layer: "block1_conv2" });
    await page.reaches("error");
    const before = set.site.servedUnder(folder).length;
    set.site.mend(folder);
    await page.press("Start");
    await page.reaches("finished");
    expect(
      set.site
        .servedUnder(folder)
        .slice(before)
        .map((served) => served.path),
    ).toEqual([path]);
  });

  it("a host that never answers for a layer can be stopped, and starting again works", async (test) => {
    const folder = own.demo();
    const path = folder + second.file;
    set.site.spoil(path, { kind: "stall-after", bytes: 30_000 }, { times: 1 });
    const page = await open(test, { weights: folder, layer: "block1_conv2" });
    await test.expect.poll(() => page.weightsLine()).toMatch(/3\d of 78 kB/);
    await page.press("Stop");
    await page.reaches("stopped", 2000);
    await page.press("Start");
    await page.reaches("finished");
  });

  it("a host that never answers for an index can be stopped, and started again", async (test) => {
    const folder = own.demo();
    const path = folder + INDEX_FILE;
    set.site.spoil(path, { kind: "stall" }, { times: 1 });
    const page = await open(test, { weights: folder });
    await test.expect.poll(() => set.site.servedUnder(path).length).toBe(1);
    await page.press("Stop");
    await page.reaches("stopped", 2000);
    await page.press("Start");
    await page.reaches("finished");
  });

  it("weights from a link that are not there are named by their address", async (test) => {
    const page = await open(test, { weights: "/nowhere/at/all/" });
    await page.reaches("error");
    const [message] = await page.messages();
    expect(message?.code).toBe("weights-not-found");
    expect(message?.text).toContain(`${set.site.origin}/nowhere/at/all/${INDEX_FILE}`);
    await page.sheet("model");
    await page.page.getByLabel("Textures, not ImageNet").check();
    await page.reaches("finished");
  });
});

// One after the other: every page fetches the same engine.
it.for(["wasm", "worker"])(
  "an engine whose %s is missing says so, and starting again works",
  async (what, test) => {
    const assets = await assetPaths();
    const path =
      assets.find((asset) => (what === "wasm" ? asset.endsWith(".wasm") : asset.includes("worker"))) ?? "";
    set.site.spoil(path, { kind: "status", status: 404 });
    const page = await open(test);
    await page.reaches("error");
    const [message] = await page.messages();
    expect(message?.code).toBe("engine-unavailable");
    expect(message?.text).toMatch(what === "wasm" ? /vggscope_bg.*404/ : /worker could not load/);
    set.site.mend();
    await page.press("Start");
    await page.reaches("finished");
  },
);

/** The page at its first layer; closed when the test is over. */
async function open({ onTestFinished }: TestContext, link: Record<string, string> = {}): Promise<ScopePage> {
  const page = await ScopePage.open(set, { ...FIRST_LAYER, ...link });
  onTestFinished(async () => {
    await page.close();
    expect(page.errors).toEqual([]);
  });
  return page;
}

/** What a good run on the CPU fetches of the engine. */
async function assetPaths(): Promise<string[]> {
  const from = set.site.served.length;
  const page = await ScopePage.open(set, FIRST_LAYER);
  await page.reaches("finished");
  await page.close();
  return set.site.served.slice(from).map(({ path }) => path);
}
