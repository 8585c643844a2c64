/** What course pages build on: sharing, laziness, posters, full controls, properties, and other people's policies. */
import { readFileSync } from "node:fs";
import axe from "axe-core";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import type { VggScopeElement } from "../../www/src/vggscope";
import { stage } from "./support/fixture";
import { Site } from "./support/host/site";
import { builtSite } from "./support/mounts";
import { type PageOptions, ScopePage } from "./support/scope-page";
import { QUICK, TheirPages } from "./support/their-pages";

const pages = new TheirPages();
const set = stage({ mounts: [pages, builtSite("/sub/path/")] });
const SCRIPT = '<script type="module" src="/sub/path/vggscope.js"></script>';
const TALL = '<div style="block-size: 4000px">Many words.</div>';

/** Pages whose host allows their own files, and nothing that a page could do without. */
let strict: Site;
/** The same, with the library on the other site. */
let strictElsewhere: Site;

beforeAll(async () => {
  const policy = (site: string) =>
    `default-src 'none'; script-src ${site} 'wasm-unsafe-eval'; connect-src ${site}; img-src ${site} data:; style-src 'none'; base-uri 'none'`;
  const own = `${policy("'self'")}; worker-src 'self'`;
  strict = await Site.open({
    mounts: [pages, builtSite("/sub/path/")],
    headers: { "content-security-policy": own, "access-control-allow-origin": "*" },
  });
  strictElsewhere = await Site.open({
    mounts: [pages],
    headers: { "content-security-policy": `${policy(strict.origin)}; worker-src blob: ${strict.origin}` },
  });
});

afterAll(async () => {
  await strict.close();
  await strictElsewhere.close();
});

async function open(path: string, options: PageOptions = {}): Promise<ScopePage> {
  return ScopePage.visit(set, {}, { ...options, path });
}

const stateOf = (page: ScopePage, which = 0) =>
  page.page.locator("vgg-scope").nth(which).getAttribute("data-state");

it("several on one page share one engine, and the last to leave ends it", async () => {
  const grids = [0, 1, 2].map((first) => `<vgg-scope ${QUICK} channels="${first}-${first + 3}"></vgg-scope>`);
  const page = await open(pages.write(grids.join("") + SCRIPT));
  for (const which of [0, 1, 2]) await expect.poll(() => stateOf(page, which)).toBe("finished");
  await page.drawnTiles(12);
  const shared = await page.page.evaluate(() => {
    const scopes = [...document.querySelectorAll("vgg-scope")].map((element) => element.scope);
    return new Set(scopes).size === 1 && scopes[0] !== undefined;
  });
  expect(shared).toBe(true);
  // A pool of two on this many cores, for all three.
  const cores = await page.page.evaluate(() => navigator.hardwareConcurrency);
  expect(page.page.workers().length).toBeLessThanOrEqual(Math.max(2, Math.min(8, cores - 1)));
  expect(set.site.servedUnder("/sub/path/weights/demo/block1_conv2").length).toBe(1);
  await page.page.evaluate(() => document.querySelector("vgg-scope")?.remove());
  await page.page.evaluate(() => document.querySelector("vgg-scope")?.start());
  await expect.poll(() => stateOf(page)).toBe("finished");
  await page.page.evaluate(() => {
    for (const element of document.querySelectorAll("vgg-scope")) element.remove();
  });
  await expect.poll(() => page.page.workers().length).toBe(0);
});

it("far below it fetches and computes nothing, keeps its room, and begins when scrolled to", async () => {
  const untrained = 'weights="/sub/path/weights/untrained/"';
  const path = pages.write(`${TALL}<vgg-scope ${QUICK} ${untrained} channels="0-4"></vgg-scope>${SCRIPT}`);
  const before = set.site.served.length;
  const page = await open(path);
  await expect.poll(() => stateOf(page)).toBe("loading");
  const asked = () => set.site.served.slice(before).map(({ path: asked }) => asked);
  expect(asked().filter((file) => /\.wasm|weights/.test(file))).toEqual([]);
  // Another one, which is in sight, does all its work before the one below has begun.
  await page.page.evaluate((quick) => {
    document.body.insertAdjacentHTML("afterbegin", `<vgg-scope id="near" ${quick} channels="0"></vgg-scope>`);
  }, QUICK);
  await page.page.locator('#near[data-state="finished"]').waitFor();
  expect(asked().filter((file) => file.includes("/untrained/"))).toEqual([]);
  await page.page.evaluate(() => document.querySelector("#near")?.remove());
  expect(await stateOf(page)).toBe("loading");
  const height = () => page.page.locator("vgg-scope").evaluate((element) => element.clientHeight);
  const waiting = await height();
  expect(waiting).toBeGreaterThan(60);
  await page.page.locator("vgg-scope").scrollIntoViewIfNeeded();
  await expect.poll(() => stateOf(page)).toBe("finished");
  await page.drawnTiles(5);
  expect(Math.abs((await height()) - waiting)).toBeLessThan(60);
});

it("told not to wait, or started by its page, it does not wait", async () => {
  const grids = ['loading="eager"', ""].map(
    (more) => `<vgg-scope ${QUICK} channels="0" ${more}></vgg-scope>`,
  );
  const page = await open(pages.write(TALL + grids.join("") + SCRIPT));
  await expect.poll(() => stateOf(page, 0)).toBe("finished");
  expect(await stateOf(page, 1)).toBe("loading");
  await page.page
    .locator("vgg-scope")
    .nth(1)
    .evaluate((element) => (element as VggScopeElement).start());
  await expect.poll(() => stateOf(page, 1)).toBe("finished");
});

it("a poster is seen until there are pictures, and stays where an error comes first", async () => {
  const poster = 'poster="/their/poster.png"';
  const page = await open(
    pages.write(`${TALL}<vgg-scope ${QUICK} channels="0-4" ${poster}></vgg-scope>${SCRIPT}`),
  );
  const picture = page.page.getByRole("img", { name: "5 channels of block1_conv2", exact: true });
  await picture.waitFor();
  expect(await page.page.locator("vgg-scope canvas").first().isVisible()).toBe(false);
  await page.page.locator("vgg-scope").scrollIntoViewIfNeeded();
  await page.reaches("finished");
  expect(await picture.isVisible()).toBe(false);
  await page.drawnTiles(5);

  const failing = await open(
    pages.write(`<vgg-scope ${QUICK} channels="0" weights="/nowhere/" ${poster}></vgg-scope>${SCRIPT}`),
  );
  await failing.reaches("error");
  expect((await failing.messages())[0]?.code).toBe("weights-not-found");
  expect(await failing.page.getByRole("img", { name: "Channel 0 of block1_conv2" }).isVisible()).toBe(true);
});

it("where memory is short the poster stays until its reader presses Start", async () => {
  const page = await open(
    pages.write(
      `<script>Object.defineProperty(Navigator.prototype, "deviceMemory", { get: () => 1 })</script>
      <vgg-scope ${QUICK} channels="0-4" poster="/their/poster.png"></vgg-scope>${SCRIPT}`,
    ),
  );
  await page.reaches("stopped");
  expect(await page.page.getByText("short of memory").first().isVisible()).toBe(true);
  await page.press("Start");
  await page.reaches("finished");
  await page.drawnTiles(5);
});

it("without scripting what stands between the tags is there to read", async () => {
  const path = pages.write(
    `<vgg-scope ${QUICK}><img src="/their/poster.png" alt="Forty channels"><a href="/sub/path/">See</a></vgg-scope>${SCRIPT}`,
  );
  const browserPage = await set.browser.newPage({ javaScriptEnabled: false });
  onTestFinished(() => browserPage.close());
  await browserPage.goto(set.site.origin + path);
  await browserPage.getByRole("img", { name: "Forty channels" }).waitFor();
  expect(await browserPage.getByRole("link", { name: "See" }).isVisible()).toBe(true);
});

it("settings are properties too: read, set, set before the script came, and taken away", async () => {
  const early =
    '<script>const early = document.querySelector("vgg-scope"); early.channels = [3, 5]; early.learningRate = 2.5;</script>';
  const page = await open(pages.write(`<vgg-scope ${QUICK}></vgg-scope>${early}${SCRIPT}`));
  await page.reaches("finished");
  expect((await page.drawnTiles(2)).map(({ channel }) => channel)).toEqual([3, 5]);
  const read = () =>
    page.page.locator("vgg-scope").evaluate((element) => {
      const { layer, channels, width, learningRate, seed, step, backend } = element as VggScopeElement;
      return { layer, channels, width, learningRate, seed, step, backend };
    });
  const settings = { layer: "block1_conv2", channels: [3, 5], width: 24, seed: 436, step: "gradient" };
  expect(await read()).toEqual({ ...settings, learningRate: 2.5, backend: "cpu" });
  await page.page.locator("vgg-scope").evaluate((element) => {
    Object.assign(element, { channels: [7], seed: 9, learningRate: null });
  });
  await page.reaches("finished");
  expect((await page.drawnTiles(1)).map(({ channel }) => channel)).toEqual([7]);
  expect(await read()).toMatchObject({ channels: [7], seed: 9, learningRate: 10 });
  await page.page.locator("vgg-scope").evaluate((element) => Object.assign(element, { seed: Number.NaN }));
  await page.reaches("finished");
  expect((await page.messages())[0]?.text).toContain("seed is “NaN”");
});

it.each(["minimal", "full"])("with %s controls it shows the iterate that it is told to", async (controls) => {
  const more = `channels="0-2" iteration="1" controls="${controls}"`;
  const page = await open(pages.write(`<vgg-scope ${QUICK} ${more}></vgg-scope>${SCRIPT}`));
  await page.reaches("finished");
  const shown = async () => (await page.tiles()).map(({ words }) => words.iteration);
  await expect.poll(shown).toEqual(Array(3).fill("step 1"));
  if (controls === "full")
    expect(await page.page.locator("output.place").first().innerText()).toBe("Step 1 of 3");
  await page.page.locator("vgg-scope").evaluate((element) => element.setAttribute("iteration", "7"));
  await page.reaches("finished");
  await expect.poll(shown).toEqual(Array(3).fill("step 3"));
  expect((await page.messages())[0]?.text).toContain("iteration is “7”");
});

it.each([
  [
    "10 pixels at the root, as in R Markdown",
    "html { font-size: 10px } body { font-size: 14px }",
    13,
    14,
    40,
  ],
  ["common sizes", "", 13, 14, 44],
  ["slides", "html { font-size: 16px } body { font-size: 40px }", 26, 28, 88],
])(
  "words and buttons are of the size of the text around: %s",
  async (_where, style, words, player, button) => {
    const more = `channels="0-2" controls="full"`;
    const page = await open(
      pages.write(`<vgg-scope ${QUICK} ${more}></vgg-scope>${SCRIPT}`, `<style>${style}</style>`),
    );
    await page.reaches("finished");
    const sizeOf = (selector: string) =>
      page.page
        .locator(selector)
        .first()
        .evaluate((element) => ({
          font: Number.parseFloat(getComputedStyle(element).fontSize),
          height: element.getBoundingClientRect().height,
        }));
    expect((await sizeOf("vgg-scope")).font).toBe(words);
    expect((await sizeOf(".vgg-caption")).font).toBeGreaterThanOrEqual(12);
    expect((await sizeOf("output.place")).font).toBeGreaterThanOrEqual(player);
    expect((await sizeOf(".player button")).height).toBeGreaterThanOrEqual(button);
  },
);

it("its colours and parts take the page's styles", async () => {
  const style =
    "<style>vgg-scope { --vgg-ink: rgb(1, 2, 3) } vgg-scope .vgg-caption { display: none } ul { padding: 99px }</style>";
  const page = await open(pages.write(`<vgg-scope ${QUICK} channels="0"></vgg-scope>${SCRIPT}`, style));
  await page.reaches("finished");
  const seen = await page.page.locator("vgg-scope").evaluate((element) => ({
    ink: getComputedStyle(element).color,
    caption: getComputedStyle(element.querySelector(".vgg-caption") ?? element).display,
    padding: getComputedStyle(element.querySelector(".vgg-grid") ?? element).paddingInlineStart,
  }));
  expect(seen).toEqual({ ink: "rgb(1, 2, 3)", caption: "none", padding: "0px" });
});

it.each([
  [360, "light"],
  [1280, "dark"],
] as const)(
  "with full controls, %i pixels, %s: it scrubs, opens a channel, and axe finds nothing",
  async (width, colorScheme) => {
    const style =
      "<style>:root { color-scheme: light dark } body { margin: 1rem; background: Canvas } button { all: unset }</style>";
    const path = pages.write(
      `<main><h1>Notes</h1><vgg-scope ${QUICK} channels="0-4" controls="full"></vgg-scope></main>${SCRIPT}`,
      style,
    );
    const page = await open(path, { viewport: { width, height: 800 }, colorScheme });
    await page.reaches("finished");
    await page.drawnTiles(5);
    const player = page.page.getByRole("group", { name: "Step of all pictures" });
    await player.getByRole("button", { name: "One step back" }).click();
    await expect
      .poll(async () => (await page.tiles()).map(({ words }) => words.iteration))
      .toEqual(Array(5).fill("step 2"));
    await page.page.locator('[data-channel="2"] a').focus();
    await page.page.keyboard.press("Enter");
    const dialog = page.page.getByRole("dialog");
    await dialog.getByRole("heading", { name: /channel 2/i }).waitFor();
    await expect.poll(() => dialog.locator(".readings div").count()).toBeGreaterThan(2);
    const curve = dialog.locator(".u-over").first();
    await curve.waitFor();
    // Where its own style puts it.
    expect(await curve.evaluate((over) => getComputedStyle(over).position)).toBe("absolute");
    // The page's own address is not the element's to write.
    expect(page.page.url()).toBe(`${set.site.origin}${path}#`);
    await page.page.evaluate(axe.source);
    const violations = () =>
      page.page.evaluate(async () => {
        const { violations: found } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document);
        return found.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`,
        );
      });
    expect(await violations()).toEqual([]);
    if (process.env.PICTURES)
      await page.page.screenshot({ path: `${process.env.PICTURES}/full-open-${width}-${colorScheme}.png` });
    await page.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect(
      await page.page.evaluate(() =>
        document.activeElement?.closest("[data-channel]")?.getAttribute("data-channel"),
      ),
    ).toBe("2");
    expect(await violations()).toEqual([]);
    const sideways = await page.page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(sideways).toBe(0);
    if (process.env.PICTURES)
      await page.page.screenshot({ path: `${process.env.PICTURES}/full-${width}-${colorScheme}.png` });
    const address = await page.page.locator('[data-channel="2"] a').getAttribute("href");
    expect(address).toMatch(new RegExp(`^${set.site.origin}/sub/path/#.*layer=block1_conv2.*channel=2$`));
  },
);

it.each(["its own site alone", "the library's site"])(
  "under a policy that allows %s it works in full",
  async (allowed) => {
    const own = allowed === "its own site alone";
    const [site, library] = own ? [strict, "/sub/path/"] : [strictElsewhere, `${strict.origin}/sub/path/`];
    const path = pages.write(
      `<vgg-scope ${QUICK} channels="0-4" controls="full"></vgg-scope><script type="module" src="${library}vggscope.js"></script>`,
    );
    const page = await ScopePage.open({ ...set, browser: set.browser, site }, {}, { path });
    const refused: string[] = [];
    page.page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text())) refused.push(message.text());
    });
    await page.page.reload();
    await expect
      .poll(async () => ({ state: await stateOf(page), messages: await page.messages(), refused }))
      .toEqual({ state: "finished", messages: [], refused: [] });
    await page.drawnTiles(5);
    await page.page.locator('[data-channel="2"] a').click();
    await page.page.getByRole("dialog").locator(".u-over").first().waitFor();
    expect(refused).toEqual([]);
    expect(page.errors).toEqual([]);
    await page.close();
  },
);

it("the site's own page works under the policy that its documentation gives", async () => {
  const hosting = readFileSync(new URL("../../www/docs/hosting.md", import.meta.url), "utf8");
  const policy = /Content-Security-Policy: ([^`]*?)\n\n/.exec(hosting)?.[1]?.replaceAll(/\s+/g, " ") ?? "";
  expect(policy).toContain("default-src 'none'");
  const site = await Site.open({
    mounts: [builtSite()],
    headers: { "content-security-policy": policy },
  });
  onTestFinished(() => site.close());
  const link = {
    backend: "cpu",
    layer: "block1_conv2",
    channels: "0-4",
    width: "24",
    height: "24",
    iterations: "3",
  };
  const page = await ScopePage.open({ ...set, browser: set.browser, site }, {});
  onTestFinished(() => page.close());
  const refused: string[] = [];
  page.page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text())) refused.push(message.text());
  });
  await page.link({ ...link, channel: "2" });
  await page.page.reload();
  await page.page.locator('vgg-scope[data-state="finished"]').waitFor();
  await page.page.getByRole("dialog").locator(".u-over").first().waitFor();
  await page.page.goto(`${site.origin}/model-card.html`);
  await page.page.goto(`${site.origin}/docs/api.html`);
  expect(refused).toEqual([]);
  expect(page.errors).toEqual([]);
});
