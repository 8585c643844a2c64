/** "Embed" writes what works: each snippet, pasted into a page of somebody else's on another origin, shows what was on screen. */
import axe from "axe-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { stage } from "./support/fixture";
import { Site } from "./support/host/site";
import { builtSite } from "./support/mounts";
import { ScopePage } from "./support/scope-page";
import { TheirPages } from "./support/their-pages";

const pages = new TheirPages();
const set = stage({
  mounts: [builtSite("/sub/path/")],
  headers: { "access-control-allow-origin": "*" },
});
const SMALL = {
  backend: "cpu",
  layer: "block1_conv2",
  channels: "3,5-7",
  width: "24",
  height: "24",
  iterations: "3",
  seed: "9",
};
let theirs: Site;

beforeAll(async () => {
  theirs = await Site.open({ mounts: [pages] });
});
afterAll(() => theirs.close());

async function openDialog(options: { width: number; scheme?: "light" | "dark" } = { width: 1280 }) {
  const page = await ScopePage.visit(set, SMALL, {
    path: "/sub/path/",
    viewport: { width: options.width, height: 800 },
    colorScheme: options.scheme ?? "light",
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await page.reaches("finished");
  await page.page.getByRole("button", { name: "Embed…" }).click();
  const dialog = page.page.getByRole("dialog", { name: "Embed these pictures" });
  // It is loaded when it is first asked for.
  await dialog.waitFor();
  return { page, dialog };
}

async function visit(body: string): Promise<ScopePage> {
  return ScopePage.visit({ ...set, browser: set.browser, site: theirs }, {}, { path: pages.write(body) });
}

it("the element's snippet, copied, shows the same channels from another origin", async () => {
  const { page, dialog } = await openDialog();
  await dialog.getByRole("radio", { name: "Player and close view too" }).check();
  await dialog.getByRole("button", { name: "Copy" }).click();
  await dialog.getByText("Copied.").waitFor();
  const snippet = await page.page.evaluate(() => navigator.clipboard.readText());
  expect(snippet).toBe(await dialog.getByRole("textbox").inputValue());
  const there = await visit(snippet);
  await there.reaches("finished");
  expect((await there.drawnTiles(4)).map(({ channel }) => channel)).toEqual([3, 5, 6, 7]);
  await there.page.getByRole("group", { name: "Step of all pictures" }).waitFor();
  expect(await there.messages()).toEqual([]);
});

it("the frame's snippet shows the same, and is as high as what is in it", async () => {
  const { dialog } = await openDialog();
  await dialog.getByRole("radio", { name: "Web page: frame" }).check();
  const there = await visit(
    `<div style="max-width: 700px">${await dialog.getByRole("textbox").inputValue()}</div>`,
  );
  const inside = there.page.frameLocator("iframe");
  await inside.locator('vgg-scope[data-state="finished"]').waitFor();
  expect(await inside.locator(".vgg-tile").count()).toBe(4);
  const frame = there.page.frames()[1];
  const heights = async () => ({
    frame: await there.page.locator("iframe").evaluate((element) => element.clientHeight),
    page: (await frame?.evaluate(() => document.documentElement.scrollHeight)) ?? 0,
  });
  await expect.poll(async () => Math.abs((await heights()).frame - (await heights()).page)).toBeLessThan(3);
  // It follows what is in it, both ways.
  const before = (await heights()).frame;
  await frame?.evaluate(() => document.querySelector("vgg-scope")?.setAttribute("channels", "0-19"));
  await expect.poll(async () => (await heights()).frame).toBeGreaterThan(before + 100);
  await frame?.evaluate(() => document.querySelector("vgg-scope")?.setAttribute("channels", "3,5-7"));
  await expect.poll(async () => Math.abs((await heights()).frame - before)).toBeLessThan(3);
});

it("a frame's height is taken from that frame alone", async () => {
  const { dialog } = await openDialog();
  await dialog.getByRole("radio", { name: "Web page: frame" }).check();
  const there = await visit(await dialog.getByRole("textbox").inputValue());
  await there.page.frameLocator("iframe").locator('vgg-scope[data-state="finished"]').waitFor();
  const frame = there.page.locator("iframe");
  const height = () => frame.evaluate((element) => element.clientHeight);
  const before = await height();
  await frame.evaluate((element: HTMLIFrameElement) => {
    const heights: number[] = [];
    Object.assign(globalThis, { heights });
    new MutationObserver(() => heights.push(element.clientHeight)).observe(element, { attributes: true });
    postMessage({ type: "vggscope-height", height: 5000 }, "*");
    element.contentWindow?.postMessage({ type: "vggscope-height", height: 5000 }, "*");
  });
  // Messages arrive in order: when the frame's own next one has, those that were forged have been passed over.
  await there.page.frames()[1]?.evaluate(() => {
    document.querySelector("vgg-scope")?.setAttribute("channels", "0-19");
  });
  await expect.poll(height).toBeGreaterThan(before + 100);
  const heights = () => there.page.evaluate(() => (globalThis as unknown as { heights: number[] }).heights);
  await expect.poll(async () => (await heights()).includes(await height())).toBe(true);
  expect((await heights()).includes(5000)).toBe(false);
});

it.each([
  [360, "light"],
  [1280, "dark"],
] as const)(
  "at %i pixels, %s: keyboard alone, no violation, no sideways scrolling",
  async (width, scheme) => {
    const { page, dialog } = await openDialog({ width, scheme });
    await page.page.evaluate(axe.source);
    const violations = await page.page.evaluate(async () => {
      const { violations: found } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document);
      return found.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`,
      );
    });
    expect(violations).toEqual([]);
    expect(await dialog.evaluate((element) => element.scrollWidth - element.clientWidth)).toBe(0);
    if (process.env.PICTURES)
      await page.page.screenshot({ path: `${process.env.PICTURES}/embed-${width}-${scheme}.png` });
    await dialog.getByRole("radio", { name: "Web page: element" }).focus();
    await page.page.keyboard.press("ArrowDown");
    await page.page.keyboard.press("ArrowDown");
    expect(await dialog.getByRole("textbox").inputValue()).toMatch(
      /^\{\{< vggscope site="[^"]+\/sub\/path\/" .* >\}\}\n$/,
    );
    await page.page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    expect(await page.page.evaluate(() => document.activeElement?.id)).toBe("embed");
  },
);

it("a file from disk cannot be in a snippet, and it says so", async () => {
  const { page, dialog } = await openDialog();
  await page.page.keyboard.press("Escape");
  await page.page
    .locator("#file-input")
    .setInputFiles({ name: "mine.h5", mimeType: "", buffer: Buffer.from("not weights") });
  await page.reaches("error");
  await page.page.getByRole("button", { name: "Embed…" }).click();
  expect(await dialog.locator(".embed-warning").innerText()).toMatch(/^mine\.h5 is on this device/);
});
