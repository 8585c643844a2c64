/** The guided tour: every step a live state with a link, and the whole of it by keyboard alone. */
import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { stage } from "./support/fixture";
import { type PageOptions, ScopePage } from "./support/scope-page";

const set = stage();
const VIEWS = [360, 1280].flatMap((width) =>
  (["light", "dark"] as const).map((scheme) => [width, scheme] as const),
);

async function open(link: Record<string, string>, options: PageOptions = {}): Promise<ScopePage> {
  return ScopePage.visit(set, link, options);
}

function focusedText(page: Page): Promise<string> {
  // The body has the focus when nothing else has.
  return page.evaluate(
    () => (document.activeElement === document.body ? "" : document.activeElement?.textContent) ?? "",
  );
}

/** Presses Tab until what has the focus is called so. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    if (name.test(await focusedText(page))) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the Tab key does not come to ${name}`);
}

/** What the link says; settings that the step leaves at the notes' are there too. */
function keys(page: Page): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(new URL(page.url()).hash.slice(1)));
}

const STEPS: readonly (readonly [title: string, link: Record<string, string>])[] = [
  ["1 of 6: Why optimise?", { tour: "1", layer: "block1_conv2", channels: "0-7", iteration: "0" }],
  ["2 of 6: One gradient step", { tour: "2", layer: "block1_conv2", iteration: "1" }],
  ["3 of 6: A hundred steps", { tour: "3", iterations: "100" }],
  ["4 of 6: A layer of colours and edges", { tour: "4", channels: "0-39" }],
  ["5 of 6: A layer of textures", { tour: "5", layer: "block3_conv1", model: "textures" }],
  ["6 of 6: What the pictures do not tell you", { tour: "6", layer: "block3_conv1", model: "untrained" }],
];

it("the whole tour by keyboard alone: in, through six live states, back, and out", async () => {
  const page = await open({ backend: "cpu", width: "16", height: "16", iterations: "2" });
  const { page: tab } = page;
  await page.reaches("finished");
  await tabTo(tab, /Take the tour/);
  await tab.keyboard.press("Enter");
  for (const [title, link] of STEPS) {
    await expect.poll(() => focusedText(tab)).toBe(title);
    expect(keys(tab)).toMatchObject(link);
    const scope = tab.locator("vgg-scope");
    await expect.poll(() => scope.getAttribute("data-state")).toMatch(/running|finished/);
    expect(await scope.getAttribute("layer")).toBe(link.layer ?? "block1_conv2");
    expect(await tab.locator(".tour [aria-current=step]").innerText()).toBe(link.tour);
    if (link.tour === "6") break;
    await tabTo(tab, /^Next$/);
    await tab.keyboard.press("Enter");
  }
  expect(await tab.getByRole("link", { name: "Next", exact: true }).count()).toBe(0);
  await tabTo(tab, /^Previous$/);
  await tab.keyboard.press("Enter");
  await expect.poll(() => focusedText(tab)).toBe("5 of 6: A layer of textures");
  await tab.goBack();
  await expect.poll(() => keys(tab).tour).toBe("6");
  await tabTo(tab, /^End the tour$/);
  await tab.keyboard.press("Enter");
  expect(keys(tab).tour).toBeUndefined();
  expect(await tab.locator(".tour").isVisible()).toBe(false);
  await expect.poll(() => focusedText(tab)).toMatch(/Take the tour/);
});

it("steps that differ in what is shown alone do not start the climb again", async () => {
  const page = await open({
    tour: "1",
    layer: "block1_conv2",
    channels: "0-7",
    iteration: "0",
    backend: "auto",
  });
  const { page: tab } = page;
  await page.reaches("running", 60_000);
  const states = (await page.states()).length;
  for (const title of ["2 of 6", "3 of 6"]) {
    await tab.getByRole("link", { name: "Next", exact: true }).click();
    await expect.poll(() => tab.locator(".tour h2").innerText()).toContain(title);
  }
  expect((await page.states()).slice(states).filter((state) => state === "loading")).toEqual([]);
});

it("whoever comes by a link sees the card at once, on a phone too", async () => {
  const small = { backend: "cpu", width: "16", height: "16", iterations: "2" };
  const page = await open({ ...small, tour: "3" }, { viewport: { width: 360, height: 760 } });
  await page.reaches("finished");
  const inView = () =>
    page.page.locator(".tour").evaluate((card) => {
      const { top, bottom } = card.getBoundingClientRect();
      return top >= 0 && bottom <= innerHeight;
    });
  await expect.poll(inView).toBe(true);
  expect(await focusedText(page.page)).toBe("");
});

it("a reader who tries a setting stays in the tour, and an unknown step is named", async () => {
  const small = { backend: "cpu", width: "16", height: "16", iterations: "2" };
  const page = await open({ ...small, tour: "4" });
  await page.reaches("finished");
  await page.page.locator("#next").click();
  await page.reaches("finished");
  expect(keys(page.page)).toMatchObject({ tour: "4", channels: "40-63" });
  await page.link({ tour: "7" });
  await expect.poll(async () => (await page.messages())[0]?.text).toMatch(/tour is “7”.*1 to 6.*Using none/);
});

it.each(VIEWS)(
  "the card, and the maths and the code, at %i pixels, %s: no violation, no sideways scrolling",
  async (width, colorScheme) => {
    const link = { backend: "cpu", width: "16", height: "16", iterations: "2", tour: "2" };
    const page = await open(link, { viewport: { width, height: 800 }, colorScheme });
    await page.reaches("finished");
    await page.page.locator(".stage .code-place summary").click();
    await page.page.locator(".stage .program").waitFor();
    await page.page.evaluate(axe.source);
    const found = await page.page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document);
      return violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`,
      );
    });
    expect(found).toEqual([]);
    const root = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    expect(await page.page.evaluate(root)).toBe(0);
  },
);
