/** What does not fit on a graphics adapter, and one that fails: said in a sentence. Chromium's WebGPU here is SwiftShader. */
import { expect, it, onTestFinished } from "vitest";
import { launch } from "./support/browser";
import { stage } from "./support/fixture";
import { LabPage } from "./support/lab";
import { ScopePage } from "./support/scope-page";

const set = stage();

/** WebGPU promises no more. */
const LEAST = 128 * 2 ** 20;

/** Runs in the worker, before it asks for an adapter. */
const PATCH = `
  const { get } = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, "limits");
  const small = ["maxStorageBufferBindingSize", "maxBufferSize"];
  const read = (limits, name) => (small.includes(name) ? ${LEAST} : limits[name]);
  Object.defineProperty(GPUAdapter.prototype, "limits", {
    get() { return new Proxy(get.call(this), { get: read }); },
  });
`;

it("an image that no buffer of the adapter holds is refused by its size, before anything is computed", async () => {
  const lab = await LabPage.open(set);
  onTestFinished(() => lab.page.context().close());
  await lab.page.context().route(/\/assets\/worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${PATCH}${await response.text()}` });
  });
  const scope = await lab.scope({ backend: "webgpu" });
  const refused = await lab.page.evaluate(async (number) => {
    const size = { width: 768, height: 768, iterations: 1 };
    const run = inPage.scope(number).ascend({ layer: "block1_conv2", channels: [0], ...size });
    return inPage.refusal(() => run.finished);
  }, scope);
  expect(refused).toMatchObject({ code: "image-too-large" });
  expect(refused?.message).toMatch(/^768 x 768 pixels of block1_conv2 .*smaller image or the CPU\.$/);
  expect(refused?.message.length).toBeLessThan(200);
  expect(lab.errors).toEqual([]);
});

it("a graphics process that crashes is said in one sentence, and its own words go to the console", async () => {
  // Others have their own graphics process.
  const browser = await launch();
  onTestFinished(() => browser.close());
  const small = { backend: "webgpu", width: "24", height: "24", channels: "0-1", iterations: "10000" };
  const page = await ScopePage.open({ browser, site: set.site }, small);
  // The emulated adapter compiles its kernels first.
  await page.reaches("running", 110_000);
  await page.drawnTiles(2);
  const session = await browser.newBrowserCDPSession();
  // The connection to the process ends before the answer comes.
  void session.send("Browser.crashGpuProcess").catch(() => undefined);
  await page.page.waitForSelector('vgg-scope[data-state="error"]');
  const [message] = await page.messages();
  expect(message?.code).toBe("compute-failed");
  expect(message?.text).toMatch(/(The GPU stopped computing|The computation failed on the device);[^.]*\./);
  expect(/backtrace|caused by|poisoned/i.test(message?.text ?? "")).toBe(false);
  expect(message?.text.length).toBeLessThan(300);
  expect((await page.drawnTiles(2)).every(({ drawn }) => drawn)).toBe(true);
});
