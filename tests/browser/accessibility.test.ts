/** The page for everyone: axe finds nothing wrong, nothing scrolls sideways, and the keyboard does it all. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import axe from "axe-core";
import { expect, it, onTestFinished } from "vitest";
import { CloseView } from "./support/close-view";
import { stage } from "./support/fixture";
import { type PageOptions, ScopePage } from "./support/scope-page";
import { TakePanel } from "./support/take-panel";

const set = stage();
const SMALL = { backend: "cpu", width: "24", height: "24", iterations: "3" };
const WEIGHTS = fileURLToPath(new URL("../reference/weights/vgg16_narrow16.safetensors", import.meta.url));
const VIEWS = [360, 1280].flatMap((width) =>
  (["light", "dark"] as const).map((scheme) => [width, scheme] as const),
);

async function open(
  link: Record<string, string>,
  width: number,
  colorScheme: "light" | "dark",
): Promise<ScopePage> {
  return ScopePage.visit(set, link, { viewport: { width, height: 800 }, colorScheme });
}

/** Rules broken, each with the elements that break it. */
async function violations(page: ScopePage): Promise<string[]> {
  await page.page.evaluate(axe.source);
  return page.page.evaluate(async () => {
    const { violations: found } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document);
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`);
  });
}

/** Pixels by which the page is wider than its window. */
function overflow(page: ScopePage): Promise<number> {
  return page.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}

it.each(VIEWS)(
  "a finished page of %i pixels, %s: no violation, no sideways scrolling",
  async (width, scheme) => {
    const page = await open(SMALL, width, scheme);
    await page.reaches("finished");
    await page.drawnTiles(40);
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
    await page.sheet("recipe");
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
  },
);

it.each(VIEWS)(
  "the open model panel at %i pixels, %s, and all that it says: no violation, no sideways scrolling",
  async (width, scheme) => {
    const page = await open({ ...SMALL, channels: "0-3" }, width, scheme);
    await page.reaches("finished");
    await page.sheet("model");
    await page.page.locator("#link-address").fill(`ftp://${"a-very-long-host-name".repeat(4)}/`);
    await page.page.locator("#link-address").press("Enter");
    await page.page.locator("#clear-cache").click();
    await expect.poll(() => page.page.locator("#cache-said").innerText()).toMatch(/^Cleared/);
    const file = { mimeType: "", buffer: readFileSync(WEIGHTS) };
    await page.page
      .locator("#file-input")
      .setInputFiles({ ...file, name: `${"a-very-long-file-name".repeat(4)}.safetensors` });
    await page.reaches("finished");
    expect(await page.page.locator("#model-notes").innerText()).toMatch(/cannot carry the file/);
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
  },
);

it.each(VIEWS)(
  "a tile seen closely at %i pixels, %s, computing and complete: no violation, no sideways scrolling",
  async (width, scheme) => {
    const page = await open({ ...SMALL, iterations: "10000", channels: "0-3" }, width, scheme);
    await page.reaches("running");
    const view = new CloseView(page);
    await view.tile(2).click();
    expect(await violations(page)).toEqual([]);
    await page.link({ iterations: "5", channel: "2" });
    await page.reaches("finished");
    await view.settled();
    await view.dialog.locator(".u-over").first().waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    const sideways = await view.dialog.evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
    expect(sideways).toBe(0);
    const smallest = await view.dialog.evaluate(smallestTarget);
    expect(smallest).toBeGreaterThanOrEqual(24);
    expect(await page.page.evaluate(() => document.getAnimations().length)).toBe(0);
  },
);

it.each(VIEWS)(
  "taking it away at %i pixels, %s, the grid and a channel: no violation, no sideways scrolling",
  async (width, scheme) => {
    const page = await open({ ...SMALL, channels: "0-3" }, width, scheme);
    await page.reaches("finished");
    const grid = new TakePanel(page.page, "grid");
    await grid.open();
    await grid.take("PNG");
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
    expect(await grid.element.evaluate(smallestTarget)).toBeGreaterThanOrEqual(24);
    await page.link({ channel: "2" });
    const view = new CloseView(page);
    await view.settled();
    const channel = new TakePanel(page.page, "channel");
    await channel.open();
    expect(await violations(page)).toEqual([]);
    expect(await view.dialog.evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBe(0);
  },
);

it("the keyboard goes round within a tile seen closely, and each control shows that it has the focus", async () => {
  const page = await open({ ...SMALL, channels: "0-3" }, 1280, "light");
  await page.reaches("finished");
  const view = new CloseView(page);
  await view.tile(1).focus();
  await page.page.keyboard.press("Enter");
  await view.settled();
  const names = new Set<string>();
  for (let presses = 0; presses < 14; presses++) {
    await page.page.keyboard.press("Tab");
    const { label, visible, inside } = await view.dialog.evaluate(focusedIn);
    if (!inside) continue;
    expect(visible, `${label} shows its focus`).toBe(true);
    names.add(label);
  }
  const expected = ["Previous channel", "Next channel", "Close", "Play", "Step shown", "Playing speed"];
  for (const name of expected) expect([...names]).toContain(name);
  expect([...names].some((name) => name.startsWith("Picture of channel 1."))).toBe(true);
});

it.each(VIEWS)(
  "a page of %i pixels, %s, with messages: no violation, no sideways scrolling",
  async (width, scheme) => {
    const weights = `/nowhere/${"a-very-long-folder-name".repeat(4)}/`;
    const page = await open({ ...SMALL, weights, layer: "x".repeat(80) }, width, scheme);
    await page.reaches("error");
    expect(await page.messages()).toHaveLength(2);
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
  },
);

it.each(["light", "dark"] as const)("the colours follow the reader's choice of %s", async (scheme) => {
  const page = await open(SMALL, 1280, scheme);
  const lightness = await page.page.evaluate(() => {
    const pixel = new OffscreenCanvas(1, 1).getContext("2d");
    if (!pixel) throw new Error("no canvas");
    pixel.fillStyle = getComputedStyle(document.body).backgroundColor;
    pixel.fillRect(0, 0, 1, 1);
    return Math.max(...pixel.getImageData(0, 0, 1, 1).data.slice(0, 3));
  });
  if (scheme === "light") expect(lightness).toBeGreaterThan(200);
  else expect(lightness).toBeLessThan(80);
});

it.each(VIEWS)(
  "two settings side by side at %i pixels, %s: no violation, no sideways scrolling, room for fingers",
  async (width, scheme) => {
    const link = { ...SMALL, channels: "0-3", channel: "1", beside: "step:rms,learning-rate:0.05" };
    const page = await open(link, width, scheme);
    await page.reaches("finished");
    const view = new CloseView(page);
    const other = view.dialog.locator("vgg-scope");
    await expect.poll(() => other.getAttribute("data-state")).toBe("finished");
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
    for (const part of ["form", ".player"])
      expect(await view.dialog.locator(`.compare ${part}`).evaluate(smallestTarget)).toBeGreaterThanOrEqual(
        24,
      );
  },
);

it("the keyboard reaches every control in order, and each shows that it has the focus", async () => {
  const page = await open({ ...SMALL, channels: "0-3" }, 1280, "light");
  await page.reaches("finished");
  const names: string[] = [];
  for (let presses = 0; presses < 40; presses++) {
    await page.page.keyboard.press("Tab");
    const { name, visible } = await page.page.evaluate(focused);
    if (name === "") break;
    expect(visible, `${name} shows its focus`).toBe(true);
    names.push(name);
  }
  const order = [
    "tour-invitation",
    "model-button",
    "layer-button",
    "recipe-button",
    "channels-button",
    "next",
    "toggle",
    "summary",
  ];
  expect(names.filter((name) => order.includes(name) && name !== "summary")).toEqual(order.slice(0, -1));
  expect(names).toContain("summary");
});

it.each([1280, 360])(
  "the keyboard opens each choice of the bar, goes on in its sheet, and comes back from it, at %i pixels",
  async (width) => {
    const page = await open({ ...SMALL, channels: "0-3" }, width, "light");
    await page.reaches("finished");
    const { keyboard } = page.page;
    for (const name of ["model", "layer", "recipe", "channels"]) {
      const sheet = page.page.locator(`#${name}-panel`);
      await page.page.locator(`#${name}-button`).focus();
      await keyboard.press("Enter");
      expect(await sheet.isVisible(), name).toBe(true);
      await keyboard.press("Tab");
      expect(await sheet.evaluate((element) => element.contains(document.activeElement)), name).toBe(true);
      expect(await overflow(page)).toBe(0);
      expect(await violations(page), name).toEqual([]);
      expect(await sheet.evaluate(smallestTarget), name).toBeGreaterThanOrEqual(18);
      await keyboard.press("Escape");
      expect(await sheet.isVisible(), name).toBe(false);
      expect((await page.page.evaluate(focused)).name).toBe(`${name}-button`);
    }
  },
);

it("what is pointed at in a sheet is chosen and the sheet goes; keys choose and it stays", async () => {
  const page = await open({ ...SMALL, channels: "0-3", layer: "block1_conv1" }, 1280, "light");
  await page.reaches("finished");
  const sheet = await page.sheet("layer");
  await page.page.locator("#layers label", { hasText: "conv2" }).first().click();
  expect(await sheet.isVisible()).toBe(false);
  await page.reaches("finished");
  expect(await page.page.locator("#layer-chosen").innerText()).toBe("block1_conv2");
  await page.sheet("layer");
  await page.page.locator("#layers input:checked").focus();
  await page.page.keyboard.press("ArrowRight");
  await page.reaches("finished");
  expect(await page.page.locator("#layer-chosen").innerText()).toBe("block1_pool");
  expect(await sheet.isVisible()).toBe(true);
});

it("Enter and Space stop and start, and arrow keys choose the layer", async () => {
  const page = await open(
    { ...SMALL, iterations: "10000", channels: "0-3", layer: "block1_conv2" },
    1280,
    "light",
  );
  await page.reaches("running");
  const toggle = page.page.locator("#toggle");
  await toggle.focus();
  await page.page.keyboard.press("Enter");
  await page.reaches("stopped");
  await page.page.keyboard.press("Space");
  await page.reaches("running");
  await page.page.keyboard.press("Space");
  await page.reaches("stopped");

  await page.page.locator("#layer-button").focus();
  await page.page.keyboard.press("Enter");
  await page.page.locator("#layers input:checked").focus();
  await page.page.keyboard.press("ArrowRight");
  await expect.poll(() => page.page.url()).toContain("layer=block1_pool");
  await page.reaches("running");
});

it("what happens is announced", async () => {
  const page = await open({ ...SMALL, channels: "0-3" }, 1280, "light");
  await page.reaches("finished");
  const said = page.page.locator("#announcements");
  expect(await said.getAttribute("aria-live")).toBe("polite");
  await expect.poll(() => said.textContent()).toBe("Finished");
  expect(await page.page.getByRole("list", { name: "4 channels of block1_conv2" }).count()).toBe(1);
  expect(
    await page.page.getByRole("img", { name: "Image that excites channel 2 of block1_conv2" }).count(),
  ).toBe(1);
});

it("who wants little motion gets none", async () => {
  const page = await ScopePage.open(set, SMALL, { reducedMotion: "reduce" });
  onTestFinished(() => page.close());
  await page.reaches("finished");
  const moving = await page.page.evaluate(() => document.getAnimations().length);
  expect(moving).toBe(0);
});

/** What readers may have: each with the rest of the page's settings as they are. */
const CIRCUMSTANCES: [string, PageOptions, ((page: ScopePage) => Promise<void>)?][] = [
  // A window of 1280 pixels enlarged twice has room for half as many.
  ["enlarged to 200 %", { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }],
  // WCAG 1.4.10 asks for as much.
  ["enlarged to 400 %", { viewport: { width: 320, height: 256 }, deviceScaleFactor: 4 }],
  ["in forced colours", { viewport: { width: 1280, height: 800 }, forcedColors: "active" }],
  ["from right to left", { viewport: { width: 1280, height: 800 } }, mirror],
  ["from right to left, on a phone", { viewport: { width: 360, height: 800 }, hasTouch: true }, mirror],
];

async function mirror({ page }: ScopePage): Promise<void> {
  await page.evaluate(() => {
    document.documentElement.dir = "rtl";
  });
}

it.each(CIRCUMSTANCES)(
  "%s: the page, its settings and a channel seen closely",
  async (_name, options, change) => {
    const page = await ScopePage.visit(set, { ...SMALL, channels: "0-11" }, options);
    await change?.(page);
    await page.reaches("finished");
    await page.drawnTiles(12);
    await page.sheet("recipe");
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
    await page.page.keyboard.press("Escape");
    const view = new CloseView(page);
    await view.tile(2).click();
    await view.settled();
    await view.dialog.locator(".u-over").first().waitFor();
    expect(await view.dialog.evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBe(0);
    expect(await violations(page)).toEqual([]);
    // The slider's own direction follows the page's.
    const slider = view.dialog.getByRole("slider", { name: /Step/ }).first();
    await slider.focus();
    await page.page.keyboard.press("Home");
    await expect.poll(() => slider.inputValue()).toBe("0");
  },
);

/** Runs in the page: what has the focus, and whether its outline, or that of the label or frame around it, shows it. */
function focused(): { name: string; visible: boolean } {
  const element = document.activeElement;
  if (!element || element === document.body) return { name: "", visible: false };
  const carriers = [element, element.closest("label, .vgg-frame")].filter((carrier) => carrier !== null);
  const visible = carriers.some((carrier) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(carrier);
    return (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0) || boxShadow !== "none";
  });
  const name = element.id || element.getAttribute("name") || element.localName;
  return { name, visible };
}

/** Runs in the page: the same of what has the focus within a dialog, by its accessible name. */
function focusedIn(dialog: Element): { label: string; visible: boolean; inside: boolean } {
  const element = document.activeElement;
  if (!element || !dialog.contains(element) || element === dialog)
    return { label: "", visible: false, inside: false };
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const label = element.getAttribute("aria-label") ?? element.textContent ?? "";
  return { label, visible: outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0, inside: true };
}

/** Runs in the page: the smaller side, in pixels, of the smallest control. */
function smallestTarget(dialog: Element): number {
  const controls = [...dialog.querySelectorAll("button, input, select")];
  const sides = controls
    .filter((control) => control.checkVisibility())
    .flatMap((control) => {
      const { width, height } = control.getBoundingClientRect();
      return [width, height];
    });
  return Math.min(...sides);
}
