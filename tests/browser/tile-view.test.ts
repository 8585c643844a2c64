/** A tile seen close up: by mouse and by keyboard alone, on a phone and on a desk. */
import { expect, it, onTestFinished } from "vitest";
import type { VggScopeElement } from "../../www/src/vggscope";
import { CloseView } from "./support/close-view";
import { squash } from "./support/compare";
import { stage, WEIGHTS } from "./support/fixture";
import { ScopePage } from "./support/scope-page";
import { randomImage } from "./support/splitmix";

const set = stage();
const SMALL = {
  backend: "cpu",
  layer: "block2_conv1",
  width: "24",
  height: "16",
  iterations: "12",
  channels: "0-5",
  seed: "5",
};
const WIDTHS = [360, 1280];

async function open(changes: Record<string, string> = {}, width = 1280): Promise<CloseView> {
  const page = await ScopePage.visit(set, { ...SMALL, ...changes }, { viewport: { width, height: 800 } });
  await page.reaches("finished");
  return new CloseView(page);
}

async function focusedChannel(view: CloseView): Promise<string | undefined> {
  return view.scope.page.evaluate(
    () => document.activeElement?.closest<HTMLElement>("[data-channel]")?.dataset.channel,
  );
}

it.each(WIDTHS)("a click opens a tile, and closing goes back to it, at %i pixels", async (width) => {
  const view = await open({}, width);
  await view.tile(3).click();
  expect(await view.dialog.getByRole("heading").innerText()).toBe("Channel 3 of block2_conv1");
  expect(view.link()).toEqual({ channel: "3", iteration: null });
  expect(await view.place()).toBe("Step 12 of 12");
  await view.shows((await view.computed(3, 12)).rgba);
  await view.button("Close").click();
  await expect.poll(() => view.dialog.isVisible()).toBe(false);
  // The browser goes back in its own time.
  await expect.poll(() => view.link().channel).toBeNull();
  expect(await focusedChannel(view)).toBe("3");
  // Nothing was computed anew for it.
  expect(await view.scope.states()).toEqual(["loading", "running", "finished"]);
});

it.each(WIDTHS)(
  "the keyboard alone walks to a tile, opens, scrubs and closes it, at %i pixels",
  async (width) => {
    const view = await open({}, width);
    const { keyboard } = view.scope.page;
    await view.tile(0).focus();
    await keyboard.press("ArrowRight");
    await keyboard.press("End");
    await keyboard.press("ArrowLeft");
    expect(await focusedChannel(view)).toBe("4");
    await keyboard.press("Enter");
    await view.dialog.waitFor();
    expect(await view.dialog.getByRole("heading").innerText()).toBe("Channel 4 of block2_conv1");

    await view.slider.focus();
    await keyboard.press("ArrowLeft");
    await keyboard.press("ArrowLeft");
    expect(await view.slider.getAttribute("aria-valuetext")).toBe("Step 10 of 12");
    await view.shows((await view.computed(4, 10)).rgba);
    await keyboard.press("Home");
    expect(await view.place()).toBe("Start of 12");
    const start = randomImage(5, 16, 24);
    await view.shows([...squash(start)]);
    await keyboard.press("End");
    expect(await view.place()).toBe("Step 12 of 12");
    await view.shows((await view.computed(4, 12)).rgba);

    await keyboard.press("Escape");
    await expect.poll(() => view.dialog.isVisible()).toBe(false);
    await expect.poll(() => focusedChannel(view)).toBe("4");
    expect(await view.scope.states()).toEqual(["loading", "running", "finished"]);
  },
);

it("the Tab key stops once at the grid, then goes on", async () => {
  const view = await open();
  const { keyboard } = view.scope.page;
  await view.tile(0).focus();
  await keyboard.press("ArrowRight");
  await keyboard.press("Tab");
  expect(await focusedChannel(view)).toBeUndefined();
  await keyboard.press("Shift+Tab");
  expect(await focusedChannel(view)).toBe("1");
});

it("a tile is a link, which opens in a tab of its own at the same picture", async () => {
  const view = await open();
  const address = await view.tile(2).evaluate((link) => (link as HTMLAnchorElement).href);
  const page = await view.scope.again(
    Object.fromEntries(new URLSearchParams(new URL(address).hash.slice(1))),
  );
  await page.reaches("finished");
  const other = new CloseView(page);
  await other.dialog.waitFor();
  await other.shows((await view.computed(2, 12)).rgba);
});

it("the link says what is looked at, and back and forward follow it", async () => {
  const view = await open();
  const { page } = view.scope;
  await view.tile(1).click();
  await view.button("Next channel").click();
  await view.button("One step back").click();
  await expect.poll(() => view.link()).toEqual({ channel: "2", iteration: "11" });
  await page.goBack();
  await expect.poll(() => view.dialog.getByRole("heading").innerText()).toBe("Channel 1 of block2_conv1");
  await expect.poll(() => view.place()).toBe("Step 12 of 12");
  await page.goForward();
  await expect.poll(() => view.place()).toBe("Step 11 of 12");
  await page.goBack();
  await page.goBack();
  await expect.poll(() => view.dialog.isVisible()).toBe(false);
  await page.goForward();
  await expect.poll(() => view.dialog.isVisible()).toBe(true);
  expect(await view.scope.states()).toEqual(["loading", "running", "finished"]);
});

it("a link followed as the close view closes is not lost", async () => {
  const view = await open();
  await view.tile(1).click();
  // Both in one turn: neither has been heard of before the other.
  await view.button("Close").evaluate((button: HTMLButtonElement) => {
    button.click();
    location.hash = location.hash.replace(/seed=\d+/, "seed=77").replace("&channel=1", "");
  });
  await expect.poll(() => view.scope.page.locator("vgg-scope").getAttribute("seed")).toBe("77");
  await view.dialog.waitFor({ state: "hidden" });
  await expect.poll(() => view.link()).toEqual({ channel: null, iteration: null });
  expect(view.scope.page.url()).toContain("seed=77");
});

it.each(["Escape", "the button"])(
  "closed by %s, it is not opened again by Back, and the link is the grid's",
  async (how) => {
    const view = await open();
    const { page } = view.scope;
    await view.tile(1).click();
    await view.button("Next channel").click();
    await view.button("One step back").click();
    await view.dialog.getByLabel("Playing speed").selectOption("5");
    await expect.poll(() => view.link()).toEqual({ channel: "2", iteration: "11" });
    if (how === "Escape") await page.keyboard.press("Escape");
    else await view.button("Close").click();
    await expect.poll(() => view.link()).toEqual({ channel: null, iteration: null });
    await expect.poll(() => view.speed()).toBe("5");
    // The pictures are where they were, too.
    await expect
      .poll(async () => (await view.scope.tiles()).map(({ words }) => words.iteration))
      .toEqual(Array(6).fill("step 12"));
    expect(await view.dialog.isVisible()).toBe(false);
    const depth = await page.evaluate(() => history.length);
    await page.goForward();
    await view.dialog.waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => view.link().channel).toBeNull();
    await view.tile(4).click();
    await expect.poll(() => view.link().channel).toBe("4");
    await page.keyboard.press("Escape");
    await expect.poll(() => view.link().channel).toBeNull();
    // Opening and closing adds one entry, which lies ahead.
    expect(await page.evaluate(() => history.length)).toBe(depth - 1);
    expect(await view.scope.states()).toEqual(["loading", "running", "finished"]);
  },
);

it("closed where a link opened it, Back leads to where its reader came from", async () => {
  const view = await open({ channel: "3", iteration: "7" });
  const { page } = view.scope;
  await view.dialog.waitFor();
  const depth = await page.evaluate(() => history.length);
  await page.keyboard.press("Escape");
  await expect.poll(() => view.link()).toEqual({ channel: null, iteration: "7" });
  expect(await page.evaluate(() => history.length)).toBe(depth);
});

it("previous and next walk through the channels of the grid, and stop at its ends", async () => {
  const view = await open({ channels: "4,1,7" });
  await view.tile(1).click();
  await view.button("Previous channel").click();
  expect(view.link().channel).toBe("4");
  expect(await view.button("Previous channel").getAttribute("aria-disabled")).toBe("true");
  await view.button("Previous channel").press("Enter");
  expect(view.link().channel).toBe("4");
  await view.button("Next channel").click();
  await view.button("Next channel").click();
  expect(view.link().channel).toBe("7");
  expect(await view.button("Next channel").getAttribute("aria-disabled")).toBe("true");
  await view.shows((await view.computed(7, 12)).rgba);
  await view.button("Close").click();
  await expect.poll(() => focusedChannel(view)).toBe("7");
});

it("it plays at the speed chosen, pauses, and ends at the newest", async () => {
  const view = await open({ channels: "0-1", iterations: "40" });
  await view.tile(0).click();
  const speed = view.dialog.getByRole("combobox", { name: "Playing speed" });
  await speed.selectOption("10 / s");
  await view.button("Play").click();
  await expect.poll(() => view.place()).toMatch(/^Step [1-9]\d* of 40$/);
  await view.button("Pause").click();
  const paused = await view.place();
  // The link follows where playing has come to rest.
  await expect.poll(() => `Step ${view.link().iteration} of 40`).toBe(paused);
  expect(await view.place()).toBe(paused);
  expect(view.speed()).toBe("10");
  await speed.selectOption("60 / s");
  await view.button("Play").click();
  await expect.poll(() => view.button("Play").count()).toBe(1);
  expect(await view.place()).toBe("Step 40 of 40");
  expect(await view.button("Newest").getAttribute("aria-pressed")).toBe("true");
});

it("another speed neither stops what plays nor moves it back", async () => {
  const view = await open({ channels: "0-1", speed: "2" });
  await view.tile(0).click();
  const places = await view.places();
  await view.button("Play").click();
  await expect.poll(() => view.place()).toMatch(/^Step [1-9]\d* of 12$/);
  await view.dialog.getByLabel("Playing speed").selectOption("5");
  await expect.poll(() => view.place()).toBe("Step 12 of 12");
  const steps = (await places()).map((place) => Number(/^Step (\d+)/.exec(place)?.[1] ?? 0));
  expect(steps).toEqual([...new Set(steps)].sort((one, other) => one - other));
  // A busy machine may leave a step out; what stops, or is taken elsewhere, leaves out nearly all.
  expect(steps.length).toBeGreaterThan(6);
});

it("a link says how fast both players play, and 20 a second needs no word", async () => {
  const view = await open({ channels: "0-1", iterations: "4", speed: "5", channel: "1" });
  const speed = view.dialog.getByRole("combobox", { name: "Playing speed" });
  expect(await speed.inputValue()).toBe("5");
  await speed.selectOption("20 / s");
  await expect.poll(() => view.speed()).toBe(null);
  await view.scope.link({ speed: "30" });
  await expect.poll(() => speed.inputValue()).toBe("30");
  expect(
    await view.scope.page.locator("#player, .stage .player").first().locator("select").inputValue(),
  ).toBe("30");
  // Neither began the climb again.
  expect(await view.scope.states()).toEqual(["loading", "running", "finished"]);
});

it.each([
  ["block1_conv2", 24, 16, 5],
  ["block2_conv1", 24, 16, 10],
])(
  "of %s the gradient, the feature map and the raw values are those of the picture",
  async (layer, width, height, field) => {
    const view = await open({ layer });
    await view.tile(1).click();
    await view.button("One step back").click();
    await view.settled();
    const [here, next] = [await view.computed(1, 11), await view.computed(1, 12)];

    // The notes' step: the next image less this one, over the learning rate, is the gradient here.
    const gradient = here.pixels.map((value, at) => ((next.pixels[at] ?? Number.NaN) - value) / 10);
    const most = Math.max(...gradient.map(Math.abs));
    const shown = (await view.bytes(1)).filter((_, at) => at % 4 !== 3);
    const off = shown.map((byte, at) => Math.abs(byte - (127.5 + (127.5 * (gradient[at] ?? 0)) / most)));
    expect(Math.max(...off)).toBeLessThan(1.5);
    expect(Math.max(...shown) - Math.min(...shown)).toBeGreaterThan(127);

    const pixel = { x: 5, y: 9 };
    const box = await view.dialog.locator(".lens").first().boundingBox();
    if (!box) throw new Error("no picture");
    const at = (place: number, size: number, whole: number) => (whole * (place + 0.5)) / size;
    await view.dialog
      .locator(".lens")
      .first()
      .hover({
        position: { x: at(pixel.x, width, box.width), y: at(pixel.y, height, box.height) },
      });
    const readings = await view.readings();
    expect(readings.Pixel).toBe("column 5, row 9");
    const values = (readings.Value ?? "").match(/-?\d[\d.e+-]*/g)?.map(Number);
    const exact = here.pixels.slice((pixel.y * width + pixel.x) * 3).slice(0, 3);
    expect(values).toHaveLength(3);
    values?.forEach((value, colour) => {
      expect(Math.abs(value - (exact[colour] ?? Number.NaN))).toBeLessThan(0.06);
    });
    expect(readings.Sees).toBe(`${field} × ${field} pixels: the frame`);

    const frame = await view.frame("field");
    expect(frame.width * width).toBeCloseTo(field, 1);
    expect(frame.height * height).toBeCloseTo(field, 1);
    // It lies evenly around the pixels of its own position.
    const own = field === 5 ? 1 : 2;
    const middle = Math.floor(pixel.x / own) * own + own / 2;
    expect((frame.x + frame.width / 2) * width).toBeCloseTo(middle, 1);

    const figures = view.dialog.locator(".insides figcaption");
    expect(await figures.nth(1).innerText()).toContain(`${width / own} × ${height / own}`);
  },
);

it("the mean activation told is that of the feature map, also at the newest iterate", async () => {
  const view = await open({ layer: "block1_conv2" });
  await view.tile(2).click();
  await view.settled();
  const told = view.dialog.locator(".charts .figure-value");
  const { pixels } = await view.computed(2, 12);
  const mean = await view.scope.page.evaluate(async (image) => {
    const element = document.querySelector("vgg-scope") as import("../../www/src/vggscope").VggScopeElement;
    const order = {
      layer: "block1_conv2",
      channel: 2,
      width: 24,
      height: 16,
      preprocessing: "none",
    } as const;
    const map = await element.scope?.activation({ ...order, image: Float32Array.from(image) });
    return (map?.values ?? new Float32Array()).reduce((sum, value) => sum + value, 0) / (24 * 16);
  }, pixels);
  const shown = Number(await told.nth(0).innerText());
  expect(Math.abs(shown / mean - 1)).toBeLessThan(0.05);
  const range = (await told.nth(2).innerText()).split(" to ").map(Number);
  expect(range[0]).toBeCloseTo(Math.min(...pixels), 1);
  expect(range[1]).toBeCloseTo(Math.max(...pixels), 1);
});

it("arrow keys move the pixel that is read, and where they rest is said", async () => {
  const view = await open();
  const { keyboard } = view.scope.page;
  await view.tile(0).click();
  await view.settled();
  expect((await view.readings()).Pixel).toBe("column 12, row 8");
  await view.dialog.getByRole("application").focus();
  await keyboard.press("ArrowRight");
  await keyboard.press("ArrowUp");
  await keyboard.press("ArrowUp");
  expect((await view.readings()).Pixel).toBe("column 13, row 6");
  await keyboard.press("Shift+ArrowLeft");
  await keyboard.press("Shift+ArrowLeft");
  expect((await view.readings()).Pixel).toBe("column 0, row 6");
  await expect
    .poll(() => view.dialog.locator("[aria-live=polite]").innerText())
    .toMatch(/column 0, row 6.*red/s);
});

it("a click on a curve goes to that step, and the mark is there", async () => {
  const view = await open({ iterations: "20" });
  await view.tile(0).click();
  const over = view.dialog.locator(".u-over").first();
  await over.waitFor();
  const box = await over.boundingBox();
  if (!box) throw new Error("no curve");
  await over.click({ position: { x: box.width * 0.25, y: 20 } });
  expect(await view.place()).toBe("Step 5 of 20");
  const mark = await view.dialog.locator(".plot-mark").first().boundingBox();
  expect(Math.abs((mark?.x ?? 0) + 1 - box.x - box.width * 0.25)).toBeLessThan(2);
  expect(
    await view.dialog.getByRole("img", { name: /^Mean activation over the climb: .* at step 19$/ }).count(),
  ).toBe(1);
});

it("the curves are there where the browser's language is none", async () => {
  const page = await ScopePage.visit(set, {}, { path: "/pages/blank.html" });
  await page.page.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, "language", { get: () => "C" });
  });
  await page.page.goto(`${set.site.origin}/#${new URLSearchParams({ ...SMALL, channel: "2" })}`);
  await page.reaches("finished");
  expect(await page.page.evaluate(() => navigator.language)).toBe("C");
  await new CloseView(page).dialog.locator(".u-over").first().waitFor();
});

it("a dead channel's gradient is exactly 0, in words too", async () => {
  const view = await open({
    weights: WEIGHTS.full,
    layer: "block3_conv1",
    channels: "11",
    width: "64",
    height: "64",
    iterations: "2",
    seed: "7",
  });
  await view.tile(11).click();
  await view.settled();
  expect(await view.dialog.locator(".insides figcaption").first().innerText()).toContain("exactly 0");
  expect(new Set((await view.bytes(1)).filter((_, at) => at % 4 !== 3))).toEqual(new Set([128]));
});

it("opened while the climb goes on it follows the newest, and a step back rests", async () => {
  const page = await ScopePage.open(set, { ...SMALL, channels: "0-1", iterations: "10000" });
  onTestFinished(() => page.close());
  await page.reaches("running");
  const view = new CloseView(page);
  await view.tile(1).click();
  const step = async () => Number((await view.place()).match(/\d+/)?.[0]);
  await expect.poll(step).toBeGreaterThan(30);
  await view.slider.focus();
  await page.page.keyboard.press("Home");
  await page.page.keyboard.press("ArrowRight");
  expect(await step()).toBe(1);
  await view.shows((await view.computed(1, 1)).rgba);
  // The climb goes on all the while, and says so.
  const climbed = async () =>
    Number(/Step (\d+)/.exec(await page.page.locator("#run-line").innerText())?.[1]);
  const then = await climbed();
  await expect.poll(climbed).toBeGreaterThan(then + 20);
  expect(await step()).toBe(1);
  await view.button("Newest").click();
  await expect.poll(step).toBeGreaterThan(60);
  expect(page.errors).toEqual([]);
});

it.each([
  [{ channel: "9" }, /channel is “9”.*not among the channels 0-5/],
  [{ channel: "<b>" }, /channel is “<b>”.*none, or a whole number/],
  [{ channel: "2", iteration: "13" }, /iteration is “13”, but the climb takes 12 steps/],
])("a link with %o is named, and the page runs", async (changes, said) => {
  const view = await open(changes as Record<string, string>);
  if (!("iteration" in changes)) {
    expect(await view.dialog.isVisible()).toBe(false);
  }
  expect((await view.scope.messages()).map(({ text }) => text).join()).toMatch(said);
});

it("a link to a channel and an iterate shows just that", async () => {
  const view = await open({ channel: "4", iteration: "7" });
  expect(await view.place()).toBe("Step 7 of 12");
  await view.shows((await view.computed(4, 7)).rgba);
  await view.button("Close").click();
  await expect.poll(() => focusedChannel(view)).toBe("4");
  expect((await view.scope.tiles()).map(({ words }) => words.iteration)).toEqual(Array(6).fill("step 7"));
});

it("along with a quick climb the numbers come, each with the step it was read at", async () => {
  const page = await ScopePage.open(set, { ...SMALL, channels: "0-1", iterations: "10000" });
  onTestFinished(() => page.close());
  await page.reaches("running");
  const view = new CloseView(page);
  await view.tile(1).click();
  const readAt = async () => Number((await view.readings())["Read at"]?.match(/^step (\d+)$/)?.[1] ?? 0);
  await expect.poll(readAt).toBeGreaterThan(0);
  const first = await readAt();
  await expect.poll(readAt).toBeGreaterThan(first);
  expect((await view.readings()).Gradient).toMatch(/^red -?\d/);
  expect(await page.states()).toEqual(["loading", "running"]);
  // The numbers are those of that step and no other.
  await page.page.evaluate(() => document.querySelector<VggScopeElement>("vgg-scope")?.stop());
  await page.reaches("stopped");
  await view.settled();
  const readings = await view.readings();
  const stood = Number(readings["Read at"]?.match(/^step (\d+)$/)?.[1]);
  const { x, y } = pixelIn(readings.Pixel);
  const { pixels } = await view.computed(1, stood);
  const red = Number(readings.Value?.match(/red (-?[\d.e+-]+)/)?.[1]);
  expect(red / (pixels[(y * 24 + x) * 3] ?? Number.NaN)).toBeCloseTo(1, 2);
  expect(page.errors).toEqual([]);
});

/** Such as of "column 12, row 8". */
function pixelIn(words = ""): { x: number; y: number } {
  const [x = Number.NaN, y = Number.NaN] = (words.match(/\d+/g) ?? []).map(Number);
  return { x, y };
}
