/** A weights host that fails: the message names file, cause and remedy, and the page goes on working. */
import { expect, it, onTestFinished } from "vitest";
import { stage } from "./support/fixture";
import { INDEX_FILE } from "./support/generated-weights";
import type { Fault } from "./support/host/faults";
import { ScopePage } from "./support/scope-page";

const set = stage();
const FOLDER = "/weights/demo/";
const INDEX = `${FOLDER}${INDEX_FILE}`;
const LINK = {
  backend: "cpu",
  layer: "block1_conv2",
  width: "16",
  height: "16",
  iterations: "3",
  channels: "0-3",
};

/** What fails, how, the code, and what the message says of cause and remedy. */
const FAILURES: readonly [
  what: "index" | "shard",
  fault: Fault,
  code: string,
  cause: RegExp,
  remedy: RegExp,
][] = [
  ["index", { kind: "status", status: 404 }, "weights-not-found", /404/, /check the address/i],
  ["shard", { kind: "status", status: 404 }, "weights-not-found", /404/, /whole folder was uploaded/i],
  ["shard", { kind: "status", status: 503 }, "weights-not-found", /503/, /check the address/i],
  ["index", { kind: "web-page" }, "weights-web-page", /web page/i, /check the address/i],
  ["shard", { kind: "web-page" }, "weights-web-page", /web page/i, /check the address/i],
  ["index", { kind: "short", bytes: 500 }, "weights-not-an-index", /EOF/, /make the folder again/i],
  ["index", { kind: "cut", bytes: 500 }, "weights-unreachable", /could not be read/i, /connection/i],
  ["shard", { kind: "short", bytes: 1000 }, "weights-truncated", /1000 bytes.*promises 74024/, /try again/i],
  [
    "shard",
    { kind: "cut", bytes: 1000 },
    "weights-truncated",
    /bytes where the index promises 74024/,
    /try again/i,
  ],
  ["shard", { kind: "short", bytes: 0 }, "weights-truncated", /0 bytes.*promises 74024/, /try again/i],
  ["shard", { kind: "flip", at: 40_000 }, "weights-checksum", /sha256 [0-9a-f]{64}/, /upload it again/i],
  ["index", { kind: "reset" }, "weights-unreachable", /could not be read/i, /connection/i],
  ["shard", { kind: "reset" }, "weights-unreachable", /could not be read/i, /connection/i],
];

async function open(link: Record<string, string> = {}): Promise<ScopePage> {
  const page = await ScopePage.open(set, { ...LINK, ...link });
  onTestFinished(async () => {
    set.site.mend();
    await page.close();
    expect(page.errors).toEqual([]);
  });
  return page;
}

/** The second layer's file: by then one has gone well. */
async function shardPath(): Promise<string> {
  const index = await fetch(set.site.origin + INDEX);
  const { weight_map: files } = (await index.json()) as { weight_map: Record<string, string> };
  return `${FOLDER}${files["block1_conv2.weight"]}`;
}

it.each(FAILURES)("%s, %o: %s", async (what, fault, code, cause, remedy) => {
  const path = what === "index" ? INDEX : await shardPath();
  set.site.spoil(path, fault);
  const page = await open();
  await page.reaches("error");
  const [message, ...others] = await page.messages();
  expect(others).toEqual([]);
  expect(message?.code).toBe(code);
  expect(message?.text).toContain(path.slice(FOLDER.length));
  expect(message?.text).toMatch(cause);
  expect(message?.text).toMatch(remedy);

  // The host is well again, and so is the page.
  set.site.mend();
  await page.press("Start");
  await page.reaches("finished");
  expect(await page.messages()).toEqual([]);
  expect((await page.drawnTiles(4)).map(({ words }) => words.iteration)).toEqual(Array(4).fill("step 3"));
});

it("while one model's host fails, the other model works", async () => {
  set.site.spoil(INDEX, { kind: "status", status: 404 });
  const page = await open();
  await page.reaches("error");
  await page.page.getByLabel("Random, untrained weights").check();
  await page.reaches("finished");
  expect(await page.messages()).toEqual([]);
  await page.page.getByLabel("VGG16 trained on procedural textures").check();
  await page.reaches("error");
  expect((await page.messages())[0]?.code).toBe("weights-not-found");
});

it("the button in the message tries again", async () => {
  set.site.spoil(INDEX, { kind: "reset" });
  const page = await open();
  await page.reaches("error");
  set.site.mend();
  await page.page.getByRole("button", { name: "Try again" }).click();
  await page.reaches("finished");
});

it("a layer fetched well is not fetched again when a deeper one failed", async () => {
  const path = await shardPath();
  set.site.spoil(path, { kind: "status", status: 404 });
  const page = await open();
  await page.reaches("error");
  const before = set.site.served.length;
  set.site.mend();
  await page.press("Start");
  await page.reaches("finished");
  expect(set.site.served.slice(before).map((served) => served.path)).toEqual([path]);
});

it("a host that never answers for a layer can be stopped, and starting again works", async () => {
  const path = await shardPath();
  set.site.spoil(path, { kind: "stall" });
  const page = await open();
  await expect.poll(() => set.site.servedUnder(path).at(-1)?.status).toBe(0);
  await page.press("Stop");
  await page.reaches("stopped");
  set.site.mend();
  await page.press("Start");
  await page.reaches("finished");
});

it("a host that never answers for an index can be stopped, and another model chosen", async () => {
  set.site.spoil(INDEX, { kind: "stall" });
  const page = await open();
  await expect.poll(() => set.site.servedUnder(INDEX).at(-1)?.status).toBe(0);
  await page.press("Stop");
  await page.reaches("stopped");
  await page.page.getByLabel("Random, untrained weights").check();
  await page.reaches("finished");
});

it("weights from a link that are not there are named by their address", async () => {
  const page = await open({ weights: "/nowhere/at/all/" });
  await page.reaches("error");
  const [message] = await page.messages();
  expect(message?.code).toBe("weights-not-found");
  expect(message?.text).toContain(`${set.site.origin}/nowhere/at/all/${INDEX_FILE}`);
  await page.page.getByLabel("VGG16 trained on procedural textures").check();
  await page.reaches("finished");
});

it.each(["wasm", "worker"])(
  "an engine whose %s is missing says so, and starting again works",
  async (what) => {
    const assets = await assetPaths();
    const path =
      assets.find((asset) => (what === "wasm" ? asset.endsWith(".wasm") : asset.includes("worker"))) ?? "";
    set.site.spoil(path, { kind: "status", status: 404 });
    const page = await open();
    await page.reaches("error");
    const [message] = await page.messages();
    expect(message?.code).toBe("engine-unavailable");
    expect(message?.text).toMatch(what === "wasm" ? /vggscope_bg.*404/ : /worker could not load/);
    set.site.mend();
    await page.press("Start");
    await page.reaches("finished");
  },
);

/** What a good run on the CPU fetches of the engine. */
async function assetPaths(): Promise<string[]> {
  const from = set.site.served.length;
  const page = await ScopePage.open(set, LINK);
  await page.reaches("finished");
  await page.close();
  return set.site.served.slice(from).map(({ path }) => path);
}
