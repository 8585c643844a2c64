/** The site without its host: what was seen once opens again, and no page of somebody else's is touched. */
import type { Page } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import { CloseView } from "./support/close-view";
import { stage } from "./support/fixture";
import { Site } from "./support/host/site";
import { builtSite, type Mount } from "./support/mounts";
import { ScopePage } from "./support/scope-page";
import { QUICK, TheirPages } from "./support/their-pages";

const pages = new TheirPages();
const set = stage({ mounts: [pages, builtSite("/sub/path/")] });
const SMALL = {
  backend: "cpu",
  layer: "block1_conv2",
  channels: "0-3",
  width: "24",
  height: "24",
  iterations: "3",
};

const registrations = (page: Page) =>
  page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope));

/** Files of the engine that the service worker has kept. */
const keptEngines = (page: Page) =>
  page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("vggscope-site "));
    const caches_ = await Promise.all(names.map((name) => caches.open(name)));
    const kept = (await Promise.all(caches_.map((cache) => cache.keys()))).flat();
    return kept.filter(({ url }) => url.endsWith(".wasm")).length;
  });

it("after one visit the page, its documentation and its climb are there when the host is not", async () => {
  // As real hosts do, this one lets browsers keep the program.
  const site = await Site.open({ mounts: [builtSite("/sub/path/")], cacheable: "/sub/path/assets/" });
  const page = await ScopePage.open({ ...set, browser: set.browser, site }, SMALL, {
    path: "/sub/path/",
    serviceWorkers: "allow",
  });
  onTestFinished(() => page.close());
  await page.reaches("finished");
  await expect.poll(() => registrations(page.page)).toEqual([`${site.origin}/sub/path/`]);
  await expect.poll(() => keptEngines(page.page)).toBe(1);
  // Nothing that this visitor does not need.
  expect(site.servedUnder("/sub/path/assets/").filter(({ path }) => path.endsWith(".wasm"))).toHaveLength(1);
  expect(site.servedUnder("/sub/path/weights/untrained/")).toEqual([]);
  await site.close();

  const again = await page.again(SMALL);
  await again.reaches("finished");
  await again.drawnTiles(4);
  // The catalogue is there, with what it says of models that are not.
  await again.sheet("model");
  await again.page.getByLabel("ImageNet (torchvision)").waitFor();
  expect(await again.page.locator("#catalogue-problems").innerText()).toBe("");
  await again.page.keyboard.press("Escape");
  // What is loaded only when it is asked for is there too.
  await again.page.locator("#embed").click();
  await again.page.getByRole("dialog", { name: "Embed these pictures" }).waitFor();
  await again.page.keyboard.press("Escape");
  const view = new CloseView(again);
  await view.tile(0).click();
  await view.dialog.locator(".u-over").first().waitFor();
  await again.page.keyboard.press("Escape");
  expect(again.errors).toEqual([]);
  await again.page.getByRole("link", { name: "API reference" }).click();
  await again.page.getByRole("heading", { level: 1, name: "API reference" }).waitFor();
});

it("no page that embeds the element or the frame gets a service worker", async () => {
  const path = pages.write(
    `<vgg-scope ${QUICK} channels="0"></vgg-scope><script type="module" src="/sub/path/vggscope.js"></script>
    <iframe src="/sub/path/embed.html#backend=cpu&channels=0&width=24&height=24&iterations=3"></iframe>
    <iframe src="/sub/path/#backend=cpu&channels=0&width=24&height=24&iterations=3"></iframe>`,
  );
  const page = await ScopePage.open(set, {}, { path, serviceWorkers: "allow" });
  onTestFinished(() => page.close());
  await page.reaches("finished");
  for (const frame of page.page.frames().slice(1))
    await frame.locator('vgg-scope[data-state="finished"]').waitFor({ timeout: 20_000 });
  // A page of its own, opened and finished after these, has one by now.
  const from = set.site.served.length;
  const own = await page.again(SMALL, "/sub/path/");
  await own.reaches("finished");
  await expect.poll(() => registrations(own.page)).toEqual([`${set.site.origin}/sub/path/`]);
  const scripts = set.site.servedUnder("/sub/path/service-worker.js");
  expect(scripts.map((served) => set.site.served.indexOf(served) >= from)).toEqual([true]);
});

it("the page can be installed: its manifest and every icon in it are there", async () => {
  const page = await ScopePage.open(set, SMALL, { path: "/sub/path/" });
  onTestFinished(() => page.close());
  const client = await page.context.newCDPSession(page.page);
  const { errors, data, url } = await client.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  expect(url).toBe(`${set.site.origin}/sub/path/manifest.webmanifest`);
  const manifest = JSON.parse(data ?? "") as { start_url: string; icons: { src: string }[] };
  expect(new URL(manifest.start_url, url).pathname).toBe("/sub/path/");
  for (const { src } of manifest.icons) {
    const response = await page.page.request.get(new URL(src, url).href);
    expect(response.status()).toBe(200);
  }
});

/** In front of the service worker's script: its caches break when it is told. */
const BREAKABLE = `
let broken = false;
addEventListener("message", ({ data }) => { broken ||= data === "break"; });
for (const [owner, name] of [[CacheStorage, "open"], [CacheStorage, "keys"]]) {
  const works = owner.prototype[name];
  owner.prototype[name] = function (...given) {
    return broken ? Promise.reject(new DOMException("broken", "UnknownError")) : works.apply(this, given);
  };
}
`;

it("a cache that cannot be opened any more hides nothing that the network has", async () => {
  const built = builtSite("/sub/path/");
  const breakable: Mount = {
    prefix: "/sub/path/",
    read: async (path) => {
      const file = await built.read(path);
      if (path !== "service-worker.js" || !file) return file;
      return Buffer.concat([Buffer.from(BREAKABLE), Buffer.from(file.subarray(0, file.length))]);
    },
  };
  const site = await Site.open({ mounts: [breakable] });
  onTestFinished(() => site.close());
  const page = await ScopePage.open({ ...set, browser: set.browser, site }, SMALL, {
    path: "/sub/path/",
    serviceWorkers: "allow",
  });
  onTestFinished(() => page.close());
  await page.reaches("finished");
  await expect.poll(() => keptEngines(page.page)).toBe(1);
  await page.page.evaluate(async () => (await navigator.serviceWorker.ready).active?.postMessage("break"));
  const again = await page.again(SMALL);
  expect(await again.page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
  await again.reaches("finished");
  await again.drawnTiles(4);
  await again.page.locator("#embed").click();
  await again.page.getByRole("dialog", { name: "Embed these pictures" }).waitFor();
  expect(again.errors).toEqual([]);
});

it("on a network that takes requests and answers none the page comes from what is kept", async () => {
  const site = await Site.open({ mounts: [builtSite("/sub/path/")], cacheable: "/sub/path/assets/" });
  onTestFinished(() => site.close());
  const page = await ScopePage.open({ ...set, browser: set.browser, site }, SMALL, {
    path: "/sub/path/",
    serviceWorkers: "allow",
  });
  onTestFinished(() => page.close());
  await page.reaches("finished");
  await expect.poll(() => keptEngines(page.page)).toBe(1);
  site.spoil("/sub/path/", { kind: "stall" });
  const began = performance.now();
  const again = await page.again(SMALL);
  expect(performance.now() - began).toBeLessThan(15_000);
  await again.page.getByRole("heading", { level: 1 }).waitFor();
});
