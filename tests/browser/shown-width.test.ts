/** Pictures in places with fewer pixels than they have: shrunk with every pixel counted, and back when there is room. */
import { expect, it } from "vitest";
import { stage } from "./support/fixture";
import { ScopePage } from "./support/scope-page";

const set = stage();
/** The gratings of channel 6 of this layer are as fine as pixels can draw. */
const FINE = { backend: "cpu", layer: "block1_conv2", channels: "4-7", iterations: "10" };

/** Of each tile's canvas: its own columns and rows, and its place's width and height on the page. */
function sizes({ page }: ScopePage): Promise<number[][]> {
  return page.locator(".vgg-tile canvas").evaluateAll((canvases) =>
    (canvases as HTMLCanvasElement[]).map((canvas) => {
      const { width, height } = canvas.getBoundingClientRect();
      return [canvas.width, canvas.height, width, height];
    }),
  );
}

/** A frame of this width: its grid has four columns. */
async function finished(link: Record<string, string>, width: number, deviceScaleFactor = 1) {
  const page = await ScopePage.visit(set, link, {
    viewport: { width, height: 800 },
    deviceScaleFactor,
    path: "/embed.html",
  });
  await page.reaches("finished");
  await page.drawnTiles(4);
  return page;
}

it("a narrow frame's canvases have as many pixels as its screen; a wider one's have all", async () => {
  const page = await finished(FINE, 340);
  await expect.poll(() => sizes(page)).toEqual(Array(4).fill([76, 76, 76, 76]));
  await page.page.setViewportSize({ width: 1280, height: 800 });
  await expect.poll(async () => (await sizes(page)).map(([columns]) => columns)).toEqual(Array(4).fill(150));
});

it("a screen with finer pixels shows all of them in the same place", async () => {
  const page = await finished(FINE, 340, 2);
  expect(await sizes(page)).toEqual(Array(4).fill([150, 150, 76, 76]));
});

it("an oblong picture keeps its shape", async () => {
  const page = await finished({ ...FINE, width: "300", height: "100", iterations: "2" }, 340);
  await expect
    .poll(async () => (await sizes(page)).map((size) => size.slice(0, 2)))
    .toEqual(Array(4).fill([76, 25]));
  for (const [, , width = 0, height = 0] of await sizes(page)) expect(width / height).toBeCloseTo(3, 1);
});

it("what is drawn is the average of every pixel in its place, at the step shown", async () => {
  const page = await finished(FINE, 340);
  await expect.poll(() => sizes(page)).toEqual(Array(4).fill([76, 76, 76, 76]));
  await page.link({ iteration: "4" });
  // Rounding to whole levels is half a level.
  await expect
    .poll(() => page.page.evaluate(offFromAverages, { channel: 6, iteration: 4 }))
    .toBeLessThan(0.51);
});

/** Runs in the page: by how many levels of red a tile is off the averages over a tent as wide as two of its pixels, at the worst. */
async function offFromAverages({ channel, iteration }: { channel: number; iteration: number }) {
  const [size, shown] = [150, 76];
  const reach = size / shown;
  const element = document.querySelector("vgg-scope") as unknown as {
    run: { iterate(channel: number, iteration: number): Promise<{ rgba: Uint8ClampedArray }> };
  };
  const { rgba } = await element.run.iterate(channel, iteration);
  const canvas = document.querySelector<HTMLCanvasElement>(`.vgg-tile[data-channel="${channel}"] canvas`);
  const eye = new OffscreenCanvas(shown, shown).getContext("2d");
  if (!canvas || !eye) throw new Error("no canvas");
  eye.drawImage(canvas, 0, 0);
  const drawn = eye.getImageData(0, 0, shown, shown).data;
  const centre = (at: number) => (at + 0.5) * reach - 0.5;
  const within = (at: number) =>
    Array.from({ length: size }, (_, from) => ({ from, weight: reach - Math.abs(from - centre(at)) })).filter(
      ({ weight }) => weight > 0,
    );
  const average = (x: number, y: number) => {
    const parts = within(y).flatMap((row) =>
      within(x).map((column) => ({
        weight: row.weight * column.weight,
        red: rgba[4 * (size * row.from + column.from)] ?? 0,
      })),
    );
    const weights = parts.reduce((sum, { weight }) => sum + weight, 0);
    return parts.reduce((sum, { weight, red }) => sum + weight * red, 0) / weights;
  };
  const every = Array.from({ length: shown }, (_, at) => at);
  const off = every.flatMap((y) =>
    every.map((x) => Math.abs((drawn[4 * (shown * y + x)] ?? 0) - average(x, y))),
  );
  return Math.max(...off);
}
