/** What a visitor sees before scrolling: pictures, at every size of window, whatever else has to be said. */
import { expect, it } from "vitest";
import { stage } from "./support/fixture";
import { type PageOptions, ScopePage } from "./support/scope-page";

const set = stage();

interface Size {
  width: number;
  height: number;
  /** Whole pictures on the first screen while a climb of forty runs. */
  running: number;
  /** The same with a notice above them, right after the start, or beside the tour. */
  beside: number;
}

const SIZES: readonly Size[] = [
  { width: 1920, height: 1080, running: 40, beside: 8 },
  { width: 1366, height: 768, running: 16, beside: 8 },
  { width: 1280, height: 720, running: 16, beside: 8 },
  { width: 390, height: 844, running: 4, beside: 2 },
  { width: 360, height: 640, running: 2, beside: 1 },
];
const NAMED = SIZES.map((size) => [`${size.width} x ${size.height}`, size] as const);
/** The notes' figure with fewer pixels and no end: it is under way soon, and stays so. */
const FORTY = {
  backend: "cpu",
  layer: "block1_conv2",
  channels: "0-39",
  width: "32",
  height: "32",
  iterations: "10000",
};

/** As the browser of a phone has it, below 500 pixels. */
function windowOf({ width, height }: Size): PageOptions {
  return { viewport: { width, height }, hasTouch: width < 500, isMobile: width < 500 };
}

async function open(size: Size, link: Record<string, string>): Promise<ScopePage> {
  return ScopePage.visit(set, link, windowOf(size));
}

/** Pictures of which nothing is cut off by the window's edges, or lies under something else. */
function wholePictures({ page }: ScopePage): Promise<number> {
  return page.evaluate(() => {
    const isSeen = (frame: Element) => {
      const { left, top, right, bottom, width, height } = frame.getBoundingClientRect();
      if (width === 0 || left < 0 || top < 0 || right > innerWidth || bottom > innerHeight) return false;
      const shares = [0.05, 0.5, 0.95];
      return shares.every((x) =>
        shares.every((y) => frame.contains(document.elementFromPoint(left + width * x, top + height * y))),
      );
    };
    return [...document.querySelectorAll("#scope .vgg-frame")].filter(isSeen).length;
  });
}

/** Of the smallest picture on the page, in pixels. */
function smallest({ page }: ScopePage): Promise<number> {
  return page.locator("#scope .vgg-frame").evaluateAll((frames) => {
    return Math.min(...frames.map((frame) => frame.getBoundingClientRect().width));
  });
}

it.each(NAMED)("while a climb runs at %s", async (_, size) => {
  const page = await open(size, FORTY);
  await page.reaches("running");
  expect(await wholePictures(page)).toBeGreaterThanOrEqual(size.running);
  expect(await smallest(page)).toBeGreaterThanOrEqual(96);
  await page.furnished();
  expect(await wholePictures(page)).toBeGreaterThanOrEqual(size.running);
});

it.each(NAMED)("right after a new start at %s", async (_, size) => {
  const page = await open(size, FORTY);
  await page.reaches("running");
  await page.press("Stop");
  await page.reaches("stopped");
  await page.press("Start");
  await page.reaches("running");
  expect(await wholePictures(page)).toBeGreaterThanOrEqual(size.beside);
});

it.each(NAMED)("with what is wrong with a link above them at %s, until it is dismissed", async (_, size) => {
  const page = await open(size, { ...FORTY, layer: "block9_conv9", seed: "none" });
  await page.reaches("running");
  expect(await wholePictures(page)).toBeGreaterThanOrEqual(size.beside);
  const notice = page.page.locator("#notices .vgg-message");
  const box = await notice.boundingBox();
  expect((box?.y ?? -1) >= 0 && (box?.y ?? 0) + (box?.height ?? 0) <= size.height).toBe(true);
  await notice.getByRole("button", { name: "Dismiss" }).click();
  expect(await notice.count()).toBe(0);
  expect(await wholePictures(page)).toBeGreaterThanOrEqual(size.running);
});

it.each(NAMED)("in every step of the tour at %s, with the card in view", async (_, size) => {
  const page = await open(size, { ...FORTY, channels: "0-7", tour: "1" });
  await page.reaches("running");
  const card = page.page.locator(".tour");
  for (let step = 1; step <= 6; step++) {
    await expect.poll(() => card.locator("h2").innerText()).toMatch(new RegExp(`^${step} of 6`));
    await expect.poll(() => wholePictures(page)).toBeGreaterThanOrEqual(size.beside);
    const box = await page.page.locator("#tour-place").boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(size.height);
    if (step < 6) await card.getByRole("link", { name: "Next", exact: true }).click();
  }
});

it.each([1280, 360])("no control is more than two actions away, at %i pixels", async (width) => {
  const page = await ScopePage.visit(
    set,
    { ...FORTY, iterations: "2" },
    { viewport: { width, height: 720 } },
  );
  await page.furnished();
  const hidden = await page.page.evaluate(() => {
    const controls = [
      ...document.querySelectorAll<HTMLElement>("button, input, select, textarea, a[href]"),
    ].filter(
      // A file input is opened by the button beside it, and where there is no work there is none to cancel.
      (control) => !control.closest("dialog, [hidden]") && !control.hidden,
    );
    const seen = new Set(controls.filter((control) => control.checkVisibility()));
    const look = () => {
      for (const control of controls) if (control.checkVisibility()) seen.add(control);
    };
    for (const sheet of document.querySelectorAll<HTMLElement>("[popover]")) {
      sheet.showPopover();
      look();
      sheet.hidePopover();
    }
    for (const fold of document.querySelectorAll("details")) {
      fold.open = true;
      look();
      fold.open = false;
    }
    return controls.filter((control) => !seen.has(control)).map(({ outerHTML }) => outerHTML.slice(0, 120));
  });
  expect(hidden).toEqual([]);
});

it.each([1280, 360])("the Tab key walks as the eye does, at %i pixels", async (width) => {
  const page = await ScopePage.visit(
    set,
    { ...FORTY, iterations: "2", tour: "2" },
    { viewport: { width, height: 720 } },
  );
  await page.furnished();
  await page.page.locator(".tour").waitFor();
  const back = await page.page.evaluate(() => {
    const stops = [
      ...document.querySelectorAll<HTMLElement>("button, input, select, a[href], summary"),
    ].filter((control) => control.tabIndex >= 0 && control.checkVisibility() && control.id !== "skip");
    const boxes = stops.map((stop) => stop.getBoundingClientRect());
    // A stop is beside or below the one before, and never above it in the same column.
    return stops.flatMap((stop, at) => {
      const [before, here] = [boxes[at - 1], boxes[at]];
      if (!before || !here) return [];
      const onward = here.top >= before.bottom - 1 || here.left >= before.right - 1;
      return onward ? [] : [`${stops[at - 1]?.outerHTML.slice(0, 60)} -> ${stop.outerHTML.slice(0, 60)}`];
    });
  });
  // From the last control of the tour, beside or over the pictures, the way leads down the page.
  expect(back.filter((step) => !step.includes("<summary"))).toEqual([]);
});

it.each(NAMED)("nothing moves after the first picture at %s, with the tour and without", async (_, size) => {
  for (const tour of [{}, { tour: "3" }]) {
    const { page } = await open(size, { ...FORTY, ...tour, iterations: "40" });
    await page.locator(".stage .take").waitFor();
    await page.locator('#scope[data-state="finished"]').waitFor();
    const shifted = await page.evaluate(
      () =>
        new Promise<{ sum: number; what: string[] }>((resolve) => {
          let sum = 0;
          const what: string[] = [];
          const observer = new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) {
              const { value, hadRecentInput, sources } = entry as PerformanceEntry & {
                value: number;
                hadRecentInput: boolean;
                sources: { node?: Element }[];
              };
              if (hadRecentInput) continue;
              sum += value;
              what.push(`${value}: ${sources.map(({ node }) => node?.className).join(", ")}`);
            }
          });
          observer.observe({ type: "layout-shift", buffered: true });
          // Buffered entries are delivered by a task of their own.
          requestAnimationFrame(() => requestAnimationFrame(() => resolve({ sum, what })));
        }),
    );
    expect(shifted.sum, shifted.what.join("; ")).toBeLessThan(0.02);
  }
});
