/** Settings that teach: each in a sentence, presets, step rules, starts from pictures, and changing a climb on its way. */
import { deflateSync } from "node:zlib";
import { expect, it } from "vitest";
import type { VggScope } from "../../www/src/element/vgg-scope";
import type { VggScopeElement } from "../../www/src/vggscope";
import { CloseView } from "./support/close-view";
import { stage } from "./support/fixture";
import { type PageOptions, ScopePage } from "./support/scope-page";

const set = stage();
const SMALL = {
  backend: "cpu",
  layer: "block1_conv2",
  width: "16",
  height: "16",
  iterations: "5",
  channels: "0-3",
};

async function open(link: Record<string, string> = {}, options: PageOptions = {}): Promise<ScopePage> {
  return ScopePage.visit(set, { ...SMALL, ...link }, options);
}

async function openSettings(page: ScopePage): Promise<void> {
  await page.sheet("recipe");
}

/** The exact values of an iterate. */
function pixels({ page }: ScopePage, channel: number, iteration: number): Promise<number[]> {
  return page.evaluate(
    async ([one, at]) => {
      const element = document.querySelector<VggScopeElement>("vgg-scope");
      const kept = await element?.run?.iterate(one ?? 0, at ?? 0);
      return [...((await kept?.pixels()) ?? [])];
    },
    [channel, iteration],
  );
}

function linkOf({ page }: ScopePage): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(new URL(page.url()).hash.slice(1)));
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

it.each([
  ["l2", 1 / Math.sqrt(16 * 16 * 3)],
  ["rms", 1],
  ["adam", 1],
])("the first step by %s moves the image as far as the rule says", async (step, moved) => {
  const page = await open({ step, "learning-rate": "0.05" });
  await page.reaches("finished");
  const [start, first] = [await pixels(page, 2, 0), await pixels(page, 2, 1)];
  const way = first.map((value, at) => value - (start[at] ?? Number.NaN));
  expect(rootMeanSquare(way) / (0.05 * moved)).toBeCloseTo(1, 2);
});

it("adam is the same read again as in a climb that ends there", async () => {
  const page = await open({ step: "adam", "learning-rate": "0.05", iterations: "24" });
  await page.reaches("finished");
  const again = await pixels(page, 1, 17);
  const shorter = await open({ step: "adam", "learning-rate": "0.05", iterations: "17" });
  await shorter.reaches("finished");
  expect(again).toEqual(await pixels(shorter, 1, 17));
});

it("every setting says in a sentence what it changes, and each choice what it means", async () => {
  const page = await open();
  await page.reaches("finished");
  await openSettings(page);
  const hints = await page.page.locator("#settings .hint").allInnerTexts();
  expect(hints).toHaveLength(10);
  for (const hint of hints) expect(hint).toMatch(/\.\s*$/);
  const rule = page.page.getByLabel("Step rule");
  expect(await rule.locator("option").allInnerTexts()).toHaveLength(4);
  await rule.selectOption("adam");
  await page.reaches("finished");
  expect(linkOf(page).step).toBe("adam");
  expect(await page.page.locator("#hint-step").innerText()).toMatch(/mean of its latest gradients/);
});

it("Keras's example is a preset", async () => {
  const page = await open({ iterations: "10000", channels: "0" });
  await page.reaches("running");
  const preset = page.page.locator("#keras-example");
  await page.sheet("recipe");
  await preset.click();
  await expect.poll(() => preset.getAttribute("aria-pressed")).toBe("true");
  const wanted = {
    width: "180",
    height: "180",
    iterations: "30",
    "learning-rate": "10",
    step: "l2",
    start: "noise",
  };
  expect(linkOf(page)).toMatchObject({ ...wanted, channels: "0", layer: "block1_conv2" });
  expect(await page.page.locator("#recipe-chosen").innerText()).toBe("Keras example");
  const notes = page.page.locator("#as-in-notes");
  expect(await notes.getAttribute("aria-pressed")).toBe("false");
});

it("grey is a start, and in the link", async () => {
  const page = await open();
  await page.reaches("finished");
  await openSettings(page);
  await page.page.getByLabel("Start", { exact: true }).selectOption("grey");
  await page.reaches("finished");
  expect(linkOf(page).start).toBe("grey");
  expect(new Set(await pixels(page, 0, 0))).toEqual(new Set([0.5]));
  expect((await page.drawnTiles(4)).map(({ words }) => words.iteration)).toEqual(Array(4).fill("step 5"));
});

it("a picture from disk is a start until another is chosen, and the page says that no link carries it", async () => {
  const page = await open();
  await page.reaches("finished");
  await openSettings(page);
  const file = page.page.locator("#settings input[type=file]");
  await file.setInputFiles({
    name: "red.png",
    mimeType: "image/png",
    buffer: plainPng(40, 20, [255, 0, 51]),
  });
  await page.reaches("finished");
  const start = await pixels(page, 0, 0);
  expect(start).toHaveLength(16 * 16 * 3);
  expect(new Set(start)).toEqual(new Set([1, 0, 51 / 255].map(Math.fround)));
  const select = page.page.getByLabel("Start", { exact: true });
  expect(await select.locator("option:checked").innerText()).toBe("Picture: red.png");
  expect(await page.page.locator(".start-note").innerText()).toMatch(
    /link cannot carry the picture red\.png/,
  );
  await page.page.getByRole("spinbutton", { name: "Steps" }).fill("3");
  await page.page.getByRole("spinbutton", { name: "Steps" }).press("Enter");
  await page.reaches("finished");
  expect(await pixels(page, 0, 0)).toEqual(start);
  await select.selectOption("noise");
  await page.reaches("finished");
  expect(new Set(await pixels(page, 0, 0)).size).toBeGreaterThan(100);
  expect(await select.locator("option").allInnerTexts()).toHaveLength(2);
});

it("a file that is no picture is named, with what to choose, and nothing else changes", async () => {
  const page = await open();
  await page.reaches("finished");
  await openSettings(page);
  const file = page.page.locator("#settings input[type=file]");
  await file.setInputFiles({ name: "notes.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  const error = page.page.locator("#error-start");
  await expect
    .poll(() => error.textContent())
    .toMatch(/^notes\.png cannot be read as a picture\. Choose a PNG/);
  expect(await page.states()).toEqual(["loading", "running", "finished"]);
});

it("the picture seen closely is a start for every channel, to the last bit", async () => {
  const page = await open();
  await page.reaches("finished");
  const view = new CloseView(page);
  await view.tile(2).click();
  await view.button("One step back").click();
  const wanted = await pixels(page, 2, 4);
  await view.button("Start every channel from this picture").click();
  await page.reaches("finished");
  expect(await view.dialog.isVisible()).toBe(false);
  for (const channel of [0, 3]) expect(await pixels(page, channel, 0)).toEqual(wanted);
  await openSettings(page);
  const chosen = page.page.getByLabel("Start", { exact: true }).locator("option:checked");
  expect(await chosen.innerText()).toBe("Picture: channel 2 of block1_conv2, step 4");
});

it("a climb is paused, changed and goes on where it stands, with every step to be seen again", async () => {
  const page = await open({ iterations: "4000", channels: "0-1" });
  await page.reaches("running");
  const pause = page.page.locator("#pause");
  await expect.poll(() => page.page.locator("#run-line").textContent()).toMatch(/Step [1-9]/);
  await pause.click();
  await page.reaches("paused");
  expect(await pause.innerText()).toBe("Continue");
  expect(await page.page.locator("#toggle").innerText()).toBe("Stop");
  await expect
    .poll(() => page.page.locator("#run-line").textContent())
    .toMatch(/^Paused\. Step \d+ of 4000$/);
  // A worker answers in order: what it had still to report is here before its answer.
  const reached = async () => {
    for (const channel of [0, 1]) await pixels(page, channel, 0);
    return page.page.evaluate(() => document.querySelector<VggScope>("vgg-scope")?.record.farthest);
  };
  const stood = Number(await reached());
  for (let looks = 0; looks < 5; looks++) expect(await reached()).toBe(stood);
  await openSettings(page);
  await page.page.getByLabel("Learning rate").fill("0.5");
  await page.page.getByLabel("Learning rate").press("Enter");
  await page.page.getByLabel("Step rule").selectOption("l2");
  await page.page.getByRole("spinbutton", { name: "Steps" }).fill(String(stood + 30));
  await page.page.getByRole("spinbutton", { name: "Steps" }).press("Enter");
  expect(await page.page.locator("vgg-scope").getAttribute("data-state")).toBe("paused");
  await pause.click();
  await page.reaches("finished");
  expect(await page.page.locator("#run-line").textContent()).toBe(
    `Finished: ${stood + 30} steps of 2 channels`,
  );
  const before = await pixels(page, 0, stood);
  const straight = await open({ iterations: String(stood), channels: "0-1" });
  await straight.reaches("finished");
  expect(before).toEqual(await pixels(straight, 0, stood));
  const after = await pixels(page, 0, stood + 1);
  const way = after.map((value, at) => value - (before[at] ?? Number.NaN));
  // Each value was rounded to float32, by at most 2^-24 of itself, and a climb that was paused late has large ones.
  const rounding = Math.hypot(...after) * 2 ** -24;
  const length = Math.hypot(...way);
  expect(Math.abs(length - 0.5)).toBeLessThan(5e-5 + rounding);
  expect(await page.page.locator("#course-note").innerText()).toContain(
    `From step ${stood} on: learning rate 0.5, step rule Gradient of length 1 (Keras), steps ${stood + 30}.`,
  );
  expect(await page.states()).toEqual(["loading", "running", "paused", "running", "finished"]);
  const view = new CloseView(page);
  await view.tile(0).click();
  await page.page
    .getByRole("img", { name: `other settings from step ${stood} on` })
    .first()
    .waitFor();
});

it("another setting changed while a climb is paused starts afresh, and stopping ends it", async () => {
  const page = await open({ iterations: "10000", channels: "0" });
  await page.reaches("running");
  await page.page.locator("#pause").click();
  await page.reaches("paused");
  await openSettings(page);
  await page.page.getByLabel("Seed").fill("7");
  await page.page.getByLabel("Seed").press("Enter");
  await page.reaches("running");
  await page.page.locator("#pause").click();
  await page.reaches("paused");
  await page.press("Stop");
  await page.reaches("stopped");
  expect(await page.page.locator("#pause").getAttribute("aria-disabled")).toBe("true");
});

/** A PNG of one colour. */
function plainPng(width: number, height: number, colour: readonly [number, number, number]): Buffer {
  const row = Buffer.concat([
    Buffer.from([0]),
    Buffer.from(Array.from({ length: width }, () => colour).flat()),
  ]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const data = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", data),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

function crc32(bytes: Buffer): number {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return (rest ^ 0xffffffff) >>> 0;
}
