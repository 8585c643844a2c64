/** Taking away what is on screen: each file opens in a real reader and holds what was shown; saved state comes back. */
import { expect, it } from "vitest";
import type { VggScopeElement } from "../../www/src/vggscope";
import { CloseView } from "./support/close-view";
import { sameBytes } from "./support/compare";
import { stage } from "./support/fixture";
import { has, PYTHON } from "./support/needs";
import { python } from "./support/python";
import { type PageOptions, ScopePage } from "./support/scope-page";
import { dropFile, type Taken, TakePanel } from "./support/take-panel";

/** Tests that open what was taken in Python, and in NumPy. */
const py = it.skipIf(!has(PYTHON));
const np = it.skipIf(!has(PYTHON, "numpy"));

const set = stage();
/** 24 pixels wide, so four to one on a sheet of several, and 22 to one on a sheet of one. */
const LINK = { backend: "cpu", width: "24", height: "16", iterations: "12", channels: "3-5,9", seed: "7" };
const CHANNELS = [3, 4, 5, 9];
const MARGIN = 12;

async function open(changes: Record<string, string> = {}, options: PageOptions = {}): Promise<ScopePage> {
  return ScopePage.visit(set, { ...LINK, ...changes }, options);
}

async function finished(changes: Record<string, string> = {}): Promise<{ page: ScopePage; grid: TakePanel }> {
  const page = await open(changes);
  await page.reaches("finished");
  const grid = new TakePanel(page.page, "grid");
  await grid.open();
  return { page, grid };
}

/** What the page's own run has of an iterate. */
function iterate(
  page: ScopePage,
  channel: number,
  iteration: number,
): Promise<{ rgba: number[]; pixels: number[] }> {
  return page.page.evaluate(
    async ([channel, iteration]) => {
      const run = document.querySelector<VggScopeElement>("vgg-scope")?.run;
      const kept = await run?.iterate(channel, iteration);
      return { rgba: [...(kept?.rgba ?? [])], pixels: [...((await kept?.pixels()) ?? [])] };
    },
    [channel, iteration] as const,
  );
}

interface Decoded {
  width: number;
  height: number;
  /** RGBA, row by row. */
  bytes: number[];
}

/** By the browser's decoder. */
function decodePng(page: ScopePage, { bytes }: Taken): Promise<Decoded> {
  return page.page.evaluate(async (base64) => {
    const blob = await (await fetch(`data:image/png;base64,${base64}`)).blob();
    const bitmap = await createImageBitmap(blob);
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d");
    context?.drawImage(bitmap, 0, 0);
    return { width, height, bytes: [...(context?.getImageData(0, 0, width, height).data ?? [])] };
  }, bytes.toString("base64"));
}

/** One pixel of each square that stands for a pixel of the picture. */
function shrunk({ width, bytes }: Decoded, at: { x: number; y: number }, scale: number): Uint8Array {
  const rows = Array.from({ length: 16 }, (_, y) => at.y + scale * y);
  const pixels = rows.flatMap((y) =>
    Array.from({ length: 24 }, (_, x) => 4 * (y * width + at.x + scale * x)),
  );
  return Uint8Array.from(pixels.flatMap((start) => bytes.slice(start, start + 4)));
}

py("the grid as a PNG has every picture of the step shown, pixel by pixel, and a caption", async () => {
  const { page, grid } = await finished({ iteration: "8" });
  const taken = await grid.take("PNG");
  expect(taken.name).toBe("vggscope-block1_conv2-channels-3-5,9-step-8.png");
  const png = await decodePng(page, taken);
  expect(png.width).toBe(2 * MARGIN + 4 * 96 + 3 * 6);
  for (const [index, channel] of CHANNELS.entries()) {
    const { rgba } = await iterate(page, channel, 8);
    const picture = shrunk(png, { x: MARGIN + 102 * index, y: MARGIN }, 4);
    sameBytes(`channel ${channel}`, picture, Uint8Array.from(rgba));
  }
  // Below the pictures is writing: ink on paper.
  const below = png.bytes.slice(4 * png.width * (MARGIN + 64 + 20));
  expect(new Set(below).size).toBeGreaterThan(10);
  const program = `
import struct, sys, zlib
data = open(sys.argv[1], "rb").read()
at, texts = 8, {}
while at < len(data):
    length, kind = struct.unpack(">I4s", data[at:at + 8])
    body = data[at + 8:at + 8 + length]
    assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + length:at + 12 + length])[0]
    if kind == b"iTXt":
        key, rest = body.split(b"\\0", 1)
        texts[key.decode()] = rest.split(b"\\0", 4)[-1].decode()
    at += length + 12
print(list(texts), "seed 7" in texts["Description"])`;
  expect((await python(program, [taken.path])).trim()).toBe("['Software', 'Description', 'vggscope'] True");
});

it("one channel as a PNG; dropped on a fresh page it brings settings, channel and step back", async () => {
  const page = await open({ channel: "5", iteration: "3" });
  await page.reaches("finished");
  const panel = new TakePanel(page.page, "channel");
  await panel.open();
  const taken = await panel.take("PNG");
  expect(taken.name).toBe("vggscope-block1_conv2-channel-5-step-3.png");
  const png = await decodePng(page, taken);
  const { rgba } = await iterate(page, 5, 3);
  sameBytes("channel 5", shrunk(png, { x: MARGIN, y: MARGIN }, 22), Uint8Array.from(rgba));

  const fresh = await open({ seed: "1", layer: "block1_conv1" });
  await fresh.reaches("finished");
  await dropFile(fresh.page, "renamed by a mailer", taken.bytes);
  await fresh.reaches("finished");
  const view = new CloseView(fresh);
  expect(await view.dialog.isVisible()).toBe(true);
  await expect.poll(() => view.place()).toBe("Step 3 of 12");
  const link = Object.fromEntries(new URLSearchParams(new URL(fresh.page.url()).hash.slice(1)));
  expect(link).toMatchObject({ ...LINK, layer: "block1_conv2", channel: "5", iteration: "3" });
  await view.shows(rgba);
});

it("the settings as JSON, by button: every value, and the link that leads here; chosen from disk they come back", async () => {
  const { grid } = await finished({ iteration: "5", "learning-rate": "2.5", step: "l2" });
  const taken = await grid.take("Settings .json");
  const state = JSON.parse(taken.bytes.toString());
  expect(state).toMatchObject({
    vggscope: 1,
    settings: {
      layer: "block1_conv2",
      channels: "3-5,9",
      width: 24,
      "learning-rate": 2.5,
      step: "l2",
      seed: 7,
    },
    view: { iteration: 5 },
    model: { name: "Textures, not ImageNet" },
  });
  expect(state.link).toContain("learning-rate=2.5&step=l2");

  const fresh = await finished({ seed: "1" });
  const choosing = fresh.page.page.waitForEvent("filechooser");
  await fresh.grid.button("Restore from a file…").click();
  await (await choosing).setFiles(taken.path);
  await fresh.page.reaches("finished");
  expect(fresh.page.page.url()).toBe(state.link);
});

const NOT_OURS: readonly [name: string, contents: string, said: RegExp][] = [
  ["other.json", '{"metadata": {}}', /no settings of this page/],
  ["cut.json", '{"vggscope": 1, "sett', /cut short/],
  ["newer.json", '{"vggscope": 2, "settings": {}}', /version “2”.*knows version 1/],
  ["odd.json", '{"vggscope": 1, "settings": [1]}', /are to be an object/],
];

it("JSON that is none of ours changes nothing and is named", async () => {
  const { page } = await finished();
  const { page: tab } = page;
  const before = tab.url();
  for (const [name, contents, said] of NOT_OURS) {
    await dropFile(tab, name, Buffer.from(contents));
    await expect.poll(() => tab.locator("#notices").innerText()).toMatch(said);
    expect(await tab.locator("#notices").innerText()).toContain(`“${name}” cannot be restored`);
  }
  expect(tab.url()).toBe(before);
});

it("values in a JSON that are not allowed are named, as in a link, and weights from disk are asked for", async () => {
  const { page } = await finished();
  const settings = { ...LINK, iterations: 2, seed: -1, colour: "red", layer: { evil: "<img src=x>" } };
  const state = { vggscope: 1, settings, model: { file: "mine.h5" } };
  await dropFile(page.page, "bad.json", Buffer.from(JSON.stringify(state)));
  await page.reaches("finished");
  const said = await page.page.locator("#notices").innerText();
  for (const words of ["seed is “-1”", "“colour”", 'layer is “{"evil"', "“mine.h5”, a file on the disk"])
    expect(said).toContain(words);
});

it("the climb as a GIF: every step, as long as it should be seen, in the browser's decoder", async () => {
  const { page, grid } = await finished();
  const taken = await grid.take("GIF");
  expect(taken.name).toBe("vggscope-block1_conv2-channels-3-5,9.gif");
  const frames = await page.page.evaluate(async (base64) => {
    const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const decoder = new ImageDecoder({ data, type: "image/gif" });
    await decoder.tracks.ready;
    await decoder.completed;
    const count = decoder.tracks.selectedTrack?.frameCount ?? 0;
    const decoded = [];
    for (let frameIndex = 0; frameIndex < count; frameIndex++) {
      const { image } = await decoder.decode({ frameIndex });
      const context = new OffscreenCanvas(image.displayWidth, image.displayHeight).getContext("2d");
      context?.drawImage(image, 0, 0);
      const at = context?.getImageData(12, 12, 48, 32).data ?? [];
      decoded.push({ milliseconds: (image.duration ?? 0) / 1000, width: image.displayWidth, first: [...at] });
    }
    return decoded;
  }, taken.bytes.toString("base64"));
  expect(frames).toHaveLength(13);
  expect(frames.map(({ milliseconds }) => milliseconds)).toEqual([...Array(12).fill(50), 1500]);
  // The first picture is on every frame, in the colours of its own 256: near enough to tell it from any other.
  const { rgba } = await iterate(page, 3, 12);
  const seen = frames.at(-1)?.first ?? [];
  const apart = rgba.map((value, index) => {
    const [pixel, part] = [Math.floor(index / 4), index % 4];
    const place = 4 * (2 * Math.floor(pixel / 24) * 48 + 2 * (pixel % 24)) + part;
    return Math.abs(value - (seen[place] ?? 0));
  });
  expect(apart.reduce((a, b) => a + b, 0) / apart.length).toBeLessThan(8);
});

it.each([
  ["WebM", "video/webm"],
  ["MP4", "video/mp4"],
])("the climb as %s, which plays in the browser", async (name, type) => {
  const { page, grid } = await finished();
  if ((await grid.button(name).getAttribute("aria-disabled")) === "true") {
    // Not every build of Chromium encodes H.264; all encode VP9.
    expect(name).toBe("MP4");
    return expect(await grid.element.innerText()).toContain("This browser cannot write MP4.");
  }
  const taken = await grid.take(name);
  const video = await page.page.evaluate(
    async ([base64, type]) => {
      const blob = await (await fetch(`data:${type};base64,${base64}`)).blob();
      const element = Object.assign(document.createElement("video"), {
        src: URL.createObjectURL(blob),
        muted: true,
      });
      const comes = (event: string) =>
        new Promise((resolve, reject) => {
          element.addEventListener(event, resolve, { once: true });
          element.addEventListener("error", () => reject(new Error(element.error?.message)), { once: true });
        });
      await comes("loadeddata");
      const sought = comes("seeked");
      element.currentTime = 1.2;
      await sought;
      const { videoWidth: width, videoHeight: height, duration } = element;
      const context = new OffscreenCanvas(width, height).getContext("2d");
      const draws = (x: number, y: number) => {
        context?.drawImage(element, 0, 0);
        return [...(context?.getImageData(x, y, 1, 1).data ?? [])];
      };
      // A place is sought before its picture can be drawn; until then nothing is.
      const until = performance.now() + 20_000;
      while (draws(2, 2)[3] === 0) {
        if (performance.now() > until) throw new Error("no picture of the video can be drawn");
        await new Promise(requestAnimationFrame);
      }
      return { width, height, duration, middle: draws(14, 14), paper: draws(2, 2) };
    },
    [taken.bytes.toString("base64"), type] as const,
  );
  expect(video.width).toBe(2 * MARGIN + 4 * 96 + 3 * 6);
  expect(video.duration).toBeCloseTo(12 / 20 + 1.5, 1);
  expect(Math.min(...video.paper)).toBeGreaterThan(240);
  const { rgba } = await iterate(page, 3, 12);
  for (const part of [0, 1, 2])
    expect(Math.abs((video.middle[part] ?? 0) - (rgba[part] ?? 0)), `colour ${part}`).toBeLessThan(60);
});

np("iterates as .npz: NumPy finds an array of (iterations, height, width, 3) a channel, exact", async () => {
  const { page, grid } = await finished();
  const taken = await grid.take("Iterates .npz");
  const program = `
import json, sys
import numpy
arrays = numpy.load(sys.argv[1])
facts = {name: [list(arrays[name].shape), str(arrays[name].dtype)] for name in arrays}
print(json.dumps([facts, arrays["channel_5"][6].ravel().tolist(), arrays["channel_9"][11].ravel().tolist()]))`;
  const [facts, seventh, last] = JSON.parse(await python(program, [taken.path]));
  expect(facts).toEqual(
    Object.fromEntries(CHANNELS.map((channel) => [`channel_${channel}`, [[12, 16, 24, 3], "float32"]])),
  );
  expect(seventh).toEqual((await iterate(page, 5, 7)).pixels);
  expect(last).toEqual((await iterate(page, 9, 12)).pixels);
});

py("the measures as CSV: Python reads a row for each channel and step", async () => {
  const { page, grid } = await finished();
  const taken = await grid.take("Measures .csv");
  const program = `
import csv, json, sys
print(json.dumps(list(csv.DictReader(open(sys.argv[1])))))`;
  const rows = JSON.parse(await python(program, [taken.path])) as Record<string, string>[];
  expect(rows).toHaveLength(4 * 12);
  const columns = [
    "channel",
    "iteration",
    "objective",
    "gradient_norm",
    "min",
    "max",
    "dead",
    "constant",
    "finite",
  ];
  expect(Object.keys(rows[0] ?? {})).toEqual(columns);
  const { pixels } = await iterate(page, 4, 6);
  const row = rows.find(({ channel, iteration }) => channel === "4" && iteration === "6");
  expect(Math.fround(Number(row?.max))).toBe(Math.max(...pixels));
  expect(Math.fround(Number(row?.min))).toBe(Math.min(...pixels));
  expect(Number(row?.objective)).toBeGreaterThan(0);
});

it("the link is copied, and leads to what is on screen", async () => {
  const page = await open({ iteration: "4" }, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.reaches("finished");
  const grid = new TakePanel(page.page, "grid");
  await grid.open();
  await grid.button("Copy the link").click();
  await expect.poll(() => grid.said()).toBe("Copied.");
  const copied = await page.page.evaluate(() => navigator.clipboard.readText());
  expect(Object.fromEntries(new URLSearchParams(new URL(copied).hash.slice(1)))).toMatchObject({
    ...LINK,
    iteration: "4",
  });
});

it("a long export is cancelled by its button, and ended by a new climb, each in words", async () => {
  const { page, grid } = await finished({
    layer: "block1_conv1",
    width: "48",
    height: "48",
    iterations: "80",
  });
  await grid.button("GIF").click();
  await grid.button("Cancel").focus();
  await page.page.keyboard.press("Enter");
  await expect.poll(() => grid.said()).toBe("Cancelled.");
  expect(await grid.button("PNG").evaluate((button) => button === document.activeElement)).toBe(true);
  await grid.button("GIF").click();
  expect(await grid.button("WebM").getAttribute("aria-disabled")).toBe("true");
  await page.link({ seed: "8" });
  await expect.poll(() => grid.said()).toBe("The climb was started afresh before the file was complete.");
});

it("an export is cancelled while it waits for iterates, and the panel works on", async () => {
  const { page, grid } = await finished();
  // Not one of these reads ever ends.
  await page.page.evaluate(() => {
    const run = document.querySelector<VggScopeElement>("vgg-scope")?.run;
    Object.assign(run ?? {}, { iterate: () => new Promise(() => undefined) });
  });
  for (const kind of ["GIF", "Iterates .npz", "PNG"]) {
    await grid.button(kind).click();
    await grid.button("Cancel").click();
    await expect.poll(() => grid.said()).toBe("Cancelled.");
  }
  // The run's own method is there again.
  await page.page.evaluate(() => {
    const run: { iterate?: unknown } = document.querySelector<VggScopeElement>("vgg-scope")?.run ?? {};
    delete run.iterate;
  });
  expect((await grid.take("PNG")).bytes.length).toBeGreaterThan(1000);
});

it("a long export says how long the rest takes", async () => {
  const { page, grid } = await finished();
  await page.page.evaluate(() => {
    const run = document.querySelector<VggScopeElement>("vgg-scope")?.run;
    const iterate = run?.iterate.bind(run);
    const slow = async (channel: number, iteration: number) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return iterate?.(channel, iteration);
    };
    Object.assign(run ?? {}, { iterate: slow });
  });
  await grid.button("GIF").click();
  await expect.poll(() => grid.element.locator(".take-left").innerText()).toMatch(/^about \d+ s left$/);
  await grid.button("Cancel").click();
});
