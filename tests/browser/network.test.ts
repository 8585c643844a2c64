/** What goes over the network: only this host, one engine, and no weights beyond the layer shown. */
import { stat } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { own, stage } from "./support/fixture";
import { weightsSent } from "./support/folders";
import { CONVOLUTIONS, INDEX_FILE } from "./support/generated-weights";
import { LabPage } from "./support/lab";
import { ScopePage } from "./support/scope-page";

const set = stage();
const SMALL = { width: "16", height: "16", iterations: "2", channels: "0-7" };
const LAYERS = CONVOLUTIONS.map(([name]) => name as string);

it.each(["cpu", "webgpu", "auto"])(
  "no request leaves this machine, and one of the two engines is fetched: %s",
  async (backend) => {
    const page = await ScopePage.open(set, {}, { path: "/pages/blank.html" });
    const asked: string[] = [];
    page.page.context().on("request", (request) => asked.push(request.url()));
    const strayed: string[] = [];
    await page.page.context().route(
      ({ origin, protocol }) => origin !== set.site.origin && !["data:", "blob:"].includes(protocol),
      async (route) => {
        strayed.push(route.request().url());
        await route.abort();
      },
    );
    const from = set.site.served.length;
    await page.page.goto(
      `${set.site.origin}/#${new URLSearchParams({ ...SMALL, backend, layer: "block2_conv1" })}`,
    );
    await page.reaches("finished");
    await page.chooseUntrained();
    await page.reaches("finished");

    expect(strayed).toEqual([]);
    const origins = new Set(
      asked
        .map((url) => new URL(url))
        .map(({ protocol, origin }) => (protocol === "data:" ? "data:" : origin)),
    );
    expect([...origins].filter((origin) => origin !== "data:")).toEqual([set.site.origin]);
    const engines = new Set(
      set.site.served
        .slice(from)
        .map(({ path }) => path)
        .filter((path) => path.endsWith(".wasm")),
    );
    expect(engines.size).toBe(1);
    const [engine = ""] = engines;
    const sent = set.site.served.find(({ path }) => path === engine)?.bytes ?? 0;
    const name = backend === "webgpu" ? "gpu" : "cpu";
    const built = new URL(`../../www/src/wasm/${name}/vggscope_bg.wasm`, import.meta.url);
    expect(sent).toBe((await stat(built)).size);
    await page.close();
  },
);

it("only the layers up to the one shown are fetched, each once; going deeper fetches just what is new", async () => {
  const folder = "/weights/demo/";
  const from = set.site.servedUnder(folder).length;
  const page = await ScopePage.open(set, { ...SMALL, backend: "cpu", layer: "block1_conv2" });
  await page.reaches("finished");
  const fetched = () =>
    set.site
      .servedUnder(folder)
      .slice(from)
      .map(({ path }) => path.slice(folder.length).split("-")[0]);
  expect(fetched()).toEqual([INDEX_FILE, "block1_conv1", "block1_conv2"]);
  await page.page.evaluate(() => {
    location.hash = location.hash.replace("block1_conv2", "block3_conv1");
  });
  await page.reaches("finished");
  expect(fetched()).toEqual([INDEX_FILE, ...LAYERS.slice(0, 5)]);
  await page.press("Start");
  await page.reaches("finished");
  expect(fetched()).toHaveLength(6);
  expect(page.errors).toEqual([]);
  await page.close();
});

let lab: LabPage;

beforeAll(async () => {
  lab = await LabPage.open(set);
});

afterAll(() => expect(lab.errors).toEqual([]));

it.each(["cpu", "webgpu"] as const)(
  "bytesFetched is what the host sent of weights, and progress ends at the whole: %s",
  async (backend) => {
    const folder = own.half();
    const loads = await lab.page.evaluate(loadTwice, { weights: folder, backend });
    expect(loads.at(-1)?.fetched).toBe(weightsSent(set.site, folder));
    // Files arrive side by side, so any of a load's layers may be the last.
    const layers = [/^block1_conv[12]$/, /^block2_conv[12]$/];
    let before = 0;
    for (const [load, { fetched, progress }] of loads.entries()) {
      const bytes = fetched - before;
      before = fetched;
      const last = progress.at(-1);
      expect(last).toMatchObject({ loadedBytes: bytes, totalBytes: bytes });
      expect(last?.layer).toMatch(layers[load] ?? "");
      const loaded = progress.map(({ loadedBytes }) => loadedBytes);
      expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
      expect(new Set(progress.map(({ totalBytes }) => totalBytes)).size).toBe(1);
    }
  },
);

/** Bytes of weight files; the index, a few kilobytes more, is none. */
const MOST: readonly [precision: "full" | "half", layer: string, bytes: number][] = [
  ["full", "block1_conv2", 156_000],
  ["half", "block1_conv2", 78_500],
  ["full", "block3_conv1", 2_225_000],
  ["half", "block3_conv1", 1_115_000],
];

it.each(MOST)(
  "in %s precision %s costs at most %i bytes, and the second time none",
  async (precision, layer, most) => {
    const weights = own[precision]();
    const climb = { layer, channels: [0], width: 16, height: 16 };
    const first = await lab.attempt({ weights, climb });
    expect(first.refusal).toBeUndefined();
    expect(weightsSent(set.site, weights)).toBeLessThanOrEqual(most);
    expect(set.site.sentUnder(weights + INDEX_FILE)).toBeLessThan(4000);
    const sent = set.site.sentUnder(weights);
    const second = await lab.attempt({ weights, climb });
    expect([second.picture, second.bytesFetched]).toEqual([first.picture, 0]);
    expect(set.site.sentUnder(weights)).toBe(sent);
  },
);

it("the weights that come with the site keep to the same figures", async () => {
  const weights = "/weights/untrained/";
  const before = weightsSent(set.site, weights);
  await lab.attempt({ weights, climb: { layer: "block3_conv1", channels: [0], width: 16, height: 16 } });
  expect(weightsSent(set.site, weights) - before).toBeLessThanOrEqual(1_115_000);
});

/** Runs in the page: two climbs, the second deeper, and what each load fetched and reported. */
async function loadTwice({ weights, backend }: { weights: string; backend: "cpu" | "webgpu" }) {
  const heard: { loadedBytes: number; totalBytes: number; layer: string }[] = [];
  const onProgress = (step: (typeof heard)[number]) => heard.push(step);
  const scope = inPage.scope(await inPage.open({ weights, backend, onProgress }));
  heard.length = 0;
  const loads = [];
  for (const layer of ["block1_conv2", "block2_conv2"]) {
    await scope.ascend({ width: 16, height: 16, iterations: 1, channels: [0, 1, 2], layer }).finished;
    loads.push({ fetched: scope.bytesFetched, progress: heard.splice(0) });
  }
  return loads;
}
