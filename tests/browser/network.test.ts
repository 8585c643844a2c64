/** What goes over the network: only this host, one engine, and no weights beyond the layer shown. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { stage } from "./support/fixture";
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
    await page.page.getByLabel("Random, untrained weights").check();
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
    // The GPU's engine is the larger one by far.
    expect(sent > 5_000_000).toBe(backend === "webgpu");
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
  "bytesFetched is what the host sent, and progress ends at the whole: %s",
  async (backend) => {
    const folder = "/weights/untrained/";
    const from = set.site.served.length;
    const sent = () =>
      set.site.served
        .slice(from)
        .filter(({ path }) => path.startsWith(folder))
        .reduce((sum, { bytes }) => sum + bytes, 0);
    const steps = await lab.page.evaluate(
      async ([weights, chosen]) => {
        const progress: { loadedBytes: number; totalBytes: number; layer: string }[] = [];
        const number = await inPage.open({
          weights,
          backend: chosen,
          onProgress: (step) => progress.push(step),
        });
        const scope = inPage.scope(number);
        const afterOpen = scope.bytesFetched;
        const order = { width: 16, height: 16, iterations: 1, channels: [0, 1, 2] };
        await scope.ascend({ ...order, layer: "block1_conv2" }).finished;
        const afterFirst = scope.bytesFetched;
        const first = progress.splice(0);
        await scope.ascend({ ...order, layer: "block2_conv2" }).finished;
        return { afterOpen, afterFirst, first, second: progress, afterSecond: scope.bytesFetched };
      },
      [folder, backend] as const,
    );
    const { afterOpen, afterFirst, afterSecond, first, second } = steps;
    expect(afterSecond).toBe(sent());
    expect(afterOpen).toBe(set.site.served.slice(from).find(({ path }) => path.endsWith(INDEX_FILE))?.bytes);
    for (const [progress, bytes, deepest] of [
      [first, afterFirst - afterOpen, "block1_conv2"],
      [second, afterSecond - afterFirst, "block2_conv2"],
    ] as const) {
      expect(progress.length).toBeGreaterThan(0);
      expect(progress.at(-1)).toEqual({ loadedBytes: bytes, totalBytes: bytes, layer: deepest });
      const loaded = progress.map(({ loadedBytes }) => loadedBytes);
      expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
      expect(new Set(progress.map(({ totalBytes }) => totalBytes)).size).toBe(1);
    }
  },
);
