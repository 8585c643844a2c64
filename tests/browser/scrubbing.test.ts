/** The whole grid moves in step: to any iterate, by mouse and keyboard, played, and while the climb goes on. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Locator } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import { CloseView } from "./support/close-view";
import { squash } from "./support/compare";
import { stage } from "./support/fixture";
import { ScopePage } from "./support/scope-page";
import { randomImage } from "./support/splitmix";

const ASSETS = fileURLToPath(new URL("../../www/dist/assets/", import.meta.url));
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
const ENDLESS = { ...SMALL, iterations: "10000" };

class GridPlayer {
  readonly page: ScopePage;
  readonly element: Locator;

  constructor(page: ScopePage) {
    this.page = page;
    this.element = page.page.getByRole("group", { name: "Step of all pictures" });
  }

  get slider(): Locator {
    return this.element.getByRole("slider", { name: "Step shown" });
  }

  button(name: string): Locator {
    return this.element.getByRole("button", { name, exact: true });
  }

  async step(): Promise<number> {
    return Number((await this.slider.inputValue()) || Number.NaN);
  }

  /** What is written under the tiles, each once. */
  async words(): Promise<string[]> {
    return [...new Set((await this.page.tiles()).map(({ words }) => words.iteration))];
  }

  /** RGBA bytes of every tile. */
  pictures(): Promise<number[][]> {
    return this.page.page.locator(".vgg-tile canvas").evaluateAll((canvases) =>
      (canvases as HTMLCanvasElement[]).map((canvas) => {
        const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
        copy?.drawImage(canvas, 0, 0);
        return [...(copy?.getImageData(0, 0, canvas.width, canvas.height).data ?? [])];
      }),
    );
  }

  /** Waits until every tile says and shows this iterate. */
  async shows(iteration: number): Promise<void> {
    await expect.poll(() => this.words()).toEqual([iteration === 0 ? "start" : `step ${iteration}`]);
    const view = new CloseView(this.page);
    const wanted: (readonly number[])[] = [];
    for (const { channel } of await this.page.tiles()) {
      const start = () => [...squash(randomImage(5, 16, 24))];
      wanted.push(iteration === 0 ? start() : (await view.computed(channel, iteration)).rgba);
    }
    await expect.poll(() => this.pictures()).toEqual(wanted);
  }
}

async function open(link: Record<string, string>, width = 1280): Promise<GridPlayer> {
  const page = await ScopePage.visit(set, link, { viewport: { width, height: 800 } });
  return new GridPlayer(page);
}

it.each([360, 1280])(
  "every tile goes to the iterate chosen with the keyboard, at %i pixels",
  async (width) => {
    const grid = await open(SMALL, width);
    const { keyboard } = grid.page.page;
    await grid.page.reaches("finished");
    await grid.slider.focus();
    await keyboard.press("ArrowLeft");
    await grid.shows(11);
    await keyboard.press("Home");
    await grid.shows(0);
    await keyboard.press("ArrowRight");
    await grid.shows(1);
    await keyboard.press("End");
    await grid.shows(12);
    expect(await grid.page.states()).toEqual(["loading", "running", "finished"]);
  },
);

it.each([360, 1280])("every tile goes to the iterate chosen with the mouse, at %i pixels", async (width) => {
  const grid = await open(SMALL, width);
  await grid.page.reaches("finished");
  await grid.slider.click({ position: await middleOf(grid.slider) });
  await grid.shows(6);
  await expect.poll(() => grid.page.page.url()).toMatch(/&iteration=6$/);
  await grid.button("One step back").click();
  await grid.shows(5);
  await grid.button("One step forward").click();
  await grid.button("One step forward").click();
  await grid.shows(7);
  await grid.button("Newest").click();
  await grid.shows(12);
  await expect.poll(() => grid.page.page.url()).toMatch(/&backend=cpu$/);
  expect(await grid.page.states()).toEqual(["loading", "running", "finished"]);
});

it("it plays from the start to the newest, every tile in step", async () => {
  const grid = await open({ ...SMALL, iterations: "20", speed: "5" });
  await grid.page.reaches("finished");
  await grid.button("Play").click();
  // Words follow pictures a little later.
  await expect.poll(async () => (await grid.words()).includes("step 20")).toBe(false);
  const seen: number[] = [];
  while (await grid.button("Pause").isVisible()) {
    const words = await grid.words();
    expect(words).toHaveLength(1);
    seen.push(Number(words[0]?.replace("start", "0").replace("step ", "")));
  }
  expect(seen.toSorted((a, b) => a - b)).toEqual(seen);
  expect(new Set(seen).size).toBeGreaterThan(3);
  await grid.shows(20);
});

it("scrubbing back while the climb goes on rests there, and the newest is one press away", async () => {
  const grid = await open(ENDLESS);
  await grid.page.reaches("running");
  await expect.poll(() => grid.step()).toBeGreaterThan(20);
  await grid.slider.focus();
  await grid.page.page.keyboard.press("Home");
  await grid.page.page.keyboard.press("ArrowRight");
  await grid.page.page.keyboard.press("ArrowRight");
  await grid.shows(2);
  // The climb has gone on all the while.
  const line = grid.page.page.locator("#run-line");
  const before = await line.innerText();
  await expect.poll(async () => (await line.innerText()) === before).toBe(false);
  expect(await grid.step()).toBe(2);
  await grid.button("Newest").click();
  await expect.poll(() => grid.step()).toBeGreaterThan(25);
  const then = await grid.step();
  await expect.poll(() => grid.step()).toBeGreaterThan(then);
});

it("a link to an iterate comes to rest there, while the climb goes on", async () => {
  const grid = await open({ ...ENDLESS, iteration: "9" });
  await grid.page.reaches("running");
  await grid.shows(9);
  expect(await grid.page.page.locator("vgg-scope").getAttribute("data-state")).toBe("running");
});

it("another run is followed from its beginning", async () => {
  const grid = await open(SMALL);
  await grid.page.reaches("finished");
  await grid.slider.focus();
  await grid.page.page.keyboard.press("Home");
  await grid.shows(0);
  await grid.page.press("Start");
  await grid.page.reaches("finished");
  await grid.shows(12);
  expect(/[#&]iteration=/.test(grid.page.page.url())).toBe(false);
});

it("a link to the start shows the start, and says so", async () => {
  const grid = await open({ ...SMALL, iteration: "0" });
  await grid.page.reaches("finished");
  await grid.shows(0);
});

it("a climb too long for its pictures to be kept all steps over those that are kept", async () => {
  // As if a thousand times less memory were granted to pictures: a climb that outgrows the real share takes minutes.
  const { path, text } = engineWorker();
  set.site.spoil(path, { kind: "other", contents: Buffer.from(text.replace("256e6", "2e4")) });
  onTestFinished(() => set.site.mend(path));
  const grid = await open(SMALL);
  await grid.page.reaches("finished");
  const every = await grid.page.page.evaluate(() => document.querySelector("vgg-scope")?.run?.every ?? 0);
  expect(every).toBeGreaterThan(1);
  expect(every).toBeLessThan(12);
  await grid.button("One step back").click();
  const before = Math.floor(11 / every) * every;
  expect(await grid.step()).toBe(before);
  await expect.poll(() => grid.words()).toEqual([`step ${before}`]);
  await grid.slider.focus();
  await grid.page.page.keyboard.press("Home");
  await grid.button("One step forward").click();
  expect(await grid.step()).toBe(every);
});

/** The script of the engine's worker in the built site. */
function engineWorker(): { path: string; text: string } {
  const scripts = readdirSync(ASSETS).filter((name) => name.startsWith("worker-") && name.endsWith(".js"));
  const files = scripts.map((name) => ({
    path: `/assets/${name}`,
    text: readFileSync(ASSETS + name, "utf8"),
  }));
  const found = files.find(({ text }) => text.includes("256e6"));
  if (!found) throw new Error("no worker has the share of memory");
  return found;
}

async function middleOf(slider: Locator): Promise<{ x: number; y: number }> {
  const box = await slider.boundingBox();
  return { x: (box?.width ?? 0) / 2, y: (box?.height ?? 0) / 2 };
}
