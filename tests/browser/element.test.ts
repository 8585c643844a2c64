/** `<vgg-scope>` in other people's pages: under a sub-path, from another site, changed, moved and taken away. */
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import type { VggScopeElement } from "../../www/src/vggscope";
import { own, stage } from "./support/fixture";
import { Site } from "./support/host/site";
import { LabPage } from "./support/lab";
import { LARGE, largeFile } from "./support/large";
import { builtSite, reference, testPages, underEveryName } from "./support/mounts";
import { ScopePage } from "./support/scope-page";

const set = stage({
  mounts: [
    testPages("/their/pages/"),
    builtSite("/some/where/"),
    underEveryName(reference("/own/files/", "weights")),
    LARGE,
  ],
});
/** The same site on another origin, which lets other sites' pages use it. */
let elsewhere: Site;
/** One that does not. */
let unwilling: Site;

beforeAll(async () => {
  elsewhere = await Site.open({
    mounts: [builtSite("/vgg/")],
    headers: { "access-control-allow-origin": "*" },
  });
  unwilling = await Site.open({ mounts: [builtSite("/vgg/")] });
});

afterAll(async () => {
  await elsewhere.close();
  await unwilling.close();
});

async function embed(library: string): Promise<ScopePage> {
  return ScopePage.visit(set, {}, { path: `/their/pages/embed.html?library=${library}` });
}

function element(page: ScopePage, change: (scope: VggScopeElement) => void): Promise<void> {
  return page.page.locator("vgg-scope").evaluate(change as (scope: Element) => void);
}

it("under a sub-path it finds its engine and the weights that come with it", async () => {
  const page = await embed("/some/where/vggscope.js");
  await page.reaches("finished");
  const tiles = await page.drawnTiles(5);
  expect(tiles.map(({ words, width, height }) => [words.iteration, width, height])).toEqual(
    Array(5).fill(["step 3", 32, 24]),
  );
  expect(set.site.servedUnder("/some/where/weights/demo/").length).toBe(3);
  const missing = set.site.served.filter(({ status }) => status !== 200);
  expect(missing).toEqual([]);
});

it("from another site it works where that sends CORS headers, weights and workers included", async () => {
  const page = await embed(`${elsewhere.origin}/vgg/vggscope.js`);
  await page.reaches("finished");
  await page.drawnTiles(5);
  expect(elsewhere.servedUnder("/vgg/weights/demo/").length).toBe(3);
  expect(elsewhere.served.filter(({ status }) => status !== 200)).toEqual([]);
});

it("the JavaScript API works from another site too, and says why weights without CORS headers cannot be read", async () => {
  const lab = await LabPage.open(set, `?library=${elsewhere.origin}/vgg/vggscope.js`, "/their/pages/");
  onTestFinished(() => lab.close());
  const scope = await lab.scope({ backend: "cpu" });
  const order = { layer: "block1_conv2", channels: [0, 1, 2], width: 16, height: 16, iterations: 4 };
  expect(await lab.climb(scope, order)).toHaveLength(12);
  const weights = `${unwilling.origin}/vgg/weights/demo/`;
  const refusal = await lab.page.evaluate(
    (folder) => inPage.refusal(() => inPage.open({ weights: folder, backend: "cpu" })),
    weights,
  );
  expect(refusal).toMatchObject({ own: true, code: "weights-cors-refused" });
  expect(refusal?.message).toContain(weights);
  expect(refusal?.message).toMatch(/Access-Control-Allow-Origin/);
});

it("from another site it reads a Keras file too, with the reader that comes for it alone", async () => {
  const page = await embed(`${elsewhere.origin}/vgg/vggscope.js`);
  await page.reaches("finished");
  const wasmFiles = () =>
    new Set(elsewhere.served.map(({ path }) => path).filter((path) => path.endsWith(".wasm")));
  const before = wasmFiles();
  expect(before.size).toBe(1);
  await page.page.locator("vgg-scope").evaluate(async (scope, from) => {
    const bytes = await (await fetch(from)).blob();
    scope.setAttribute("channels", "0-3");
    (scope as VggScopeElement).file = new File([bytes], "mine.h5");
  }, own.file("vgg16_narrow16_tf_kernels_notop.h5"));
  await page.reaches("finished");
  await page.drawnTiles(4);
  expect(wasmFiles().size).toBe(2);
});

it("two scripts of it on one page do not get in each other's way", async () => {
  const page = await embed("/some/where/vggscope.js");
  await page.reaches("finished");
  await page.page.addScriptTag({ type: "module", url: `${elsewhere.origin}/vgg/vggscope.js` });
  await page.page.evaluate(() => document.querySelector("vgg-scope")?.setAttribute("seed", "1"));
  await page.reaches("finished");
});

it("attributes that change start it afresh, once for all that change together", async () => {
  const page = await embed("/some/where/vggscope.js");
  await page.reaches("finished");
  await element(page, (scope) => {
    scope.setAttribute("layer", "block1_conv1");
    scope.setAttribute("channels", "7,9");
    scope.setAttribute("iterations", "4");
  });
  await page.reaches("finished");
  expect((await page.drawnTiles(2)).map(({ channel, words }) => [channel, words.iteration])).toEqual([
    [7, "step 4"],
    [9, "step 4"],
  ]);
  expect(await page.states()).toEqual(["loading", "running", "finished", "loading", "running", "finished"]);
});

it("attributes that are not allowed are named in the element, and the rest runs", async () => {
  const page = await embed("/some/where/vggscope.js");
  await page.reaches("finished");
  await element(page, (scope) => {
    scope.setAttribute("step", "momentum");
    scope.setAttribute("controls", "lots");
  });
  await page.reaches("finished");
  const [message] = await page.messages();
  expect(message?.text).toContain("step is “momentum”");
  expect(message?.text).toContain("controls is “lots”");
});

it("a file in its property wins over the attribute; without it the attribute counts again", async () => {
  const page = await embed("/some/where/vggscope.js");
  await page.reaches("finished");
  await element(page, (scope) => scope.setAttribute("channels", "0-3"));
  await page.reaches("finished");
  const address = own.file("vgg16_narrow16.safetensors");
  await page.page.locator("vgg-scope").evaluate(async (scope, from) => {
    const bytes = await (await fetch(from)).blob();
    (scope as VggScopeElement).file = new File([bytes], "mine.safetensors");
  }, address);
  await page.reaches("finished");
  const origin = () =>
    page.page
      .locator("vgg-scope")
      .evaluate((scope) => (scope as VggScopeElement).scope?.model.origin.address);
  expect(await origin()).toBe("mine.safetensors");
  await element(page, (scope) => {
    scope.file = null;
  });
  await page.reaches("finished");
  expect(await origin()).toBe(`${set.site.origin}/some/where/weights/demo/`);
});

it("a large file that can only be had whole is asked for, unless its page allows it", async () => {
  const page = await embed("/some/where/vggscope.js");
  await page.reaches("finished");
  const weights = largeFile();
  await page.page.locator("vgg-scope").evaluate((scope, given) => {
    scope.setAttribute("channels", "0-3");
    scope.setAttribute("weights", given);
  }, weights);
  await page.reaches("error");
  expect((await page.messages())[0]?.code).toBe("weights-needs-full-download");
  await element(page, (scope) => {
    scope.allowFullDownload = true;
  });
  await page.reaches("finished");
});

it("its own button stops and starts; without controls there is none", async () => {
  const page = await embed("/some/where/vggscope.js");
  await page.reaches("finished");
  await element(page, (scope) => scope.setAttribute("iterations", "10000"));
  await page.reaches("running");
  await page.press("Stop");
  await page.reaches("stopped");
  await page.press("Start");
  await page.reaches("running");
  await element(page, (scope) => scope.stop());
  await page.reaches("stopped");
  await element(page, (scope) => scope.setAttribute("controls", "none"));
  await expect.poll(() => page.page.getByRole("button", { name: "Start" }).count()).toBe(0);
});

it("an element that is moved goes on; one that is taken away ends its workers", async () => {
  const page = await embed("/some/where/vggscope.js");
  await page.reaches("finished");
  expect(page.page.workers().length).toBeGreaterThan(0);
  await page.page.evaluate(() => {
    const scope = document.querySelector("vgg-scope");
    if (scope) document.body.prepend(scope);
  });
  await page.reaches("finished");
  await page.page.evaluate(() => document.querySelector("vgg-scope")?.remove());
  await expect.poll(() => page.page.workers().length).toBe(0);
});
