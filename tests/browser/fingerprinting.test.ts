/** Browsers that answer with noise to pages that read a canvas: what is saved and what a climb starts from stays exact. */
import type { Page } from "puppeteer-core";
import { beforeAll, describe, expect, it } from "vitest";
import { encodePng } from "../../www/src/page/export/worker/png-encoder";
import type { VggScopeElement } from "../../www/src/vggscope";
import { firefox } from "./support/firefox";
import { firefoxPage, firefoxWith } from "./support/firefox-with";
import { stage } from "./support/fixture";
import { builtSite, type Mount } from "./support/mounts";
import { ScopePage } from "./support/scope-page";
import { TakePanel } from "./support/take-panel";

/** Put in front of every worker's script. */
let before = "";
const built = builtSite("/");
const site: Mount = {
  prefix: "/",
  read: async (path) => {
    const file = await built.read(path);
    if (!file || !/^assets\/worker-.*\.js$/.test(path)) return file;
    return Buffer.concat([Buffer.from(before), Buffer.from(file.subarray(0, file.length))]);
  },
};
const set = stage({ mounts: [site] });

const SIZE = { width: 24, height: 16 };
const LINK = {
  backend: "cpu",
  layer: "block1_conv2",
  channels: "0-1",
  width: String(SIZE.width),
  height: String(SIZE.height),
  iterations: "4",
};
/** How many pixels of a sheet a pixel of a picture takes to be as wide as sheets want, and where the first picture lies. */
const TIMES = { png: 4, gif: 2 } as const;
const MARGIN = 12;

interface Picture {
  width: number;
  height: number;
  rgba: number[];
}

/** A picture of our own: a red half, and one that goes from black to green. */
const START = { width: 48, height: 32 };
let start: Buffer;
beforeAll(async () => {
  const rgba = new Uint8ClampedArray(4 * START.width * START.height);
  for (let at = 0; at < START.width * START.height; at++) {
    const x = at % START.width;
    rgba.set(x < START.width / 2 ? [200, 10, 20, 255] : [0, 5 * x, 0, 255], 4 * at);
  }
  start = Buffer.from(await encodePng(rgba, START.width, START.height));
});

/** The last picture of a file as Chromium decodes it, whose canvases are exact. */
async function decoded(bytes: Buffer, type: string): Promise<Picture> {
  const page = await set.browser.newPage();
  // Decoders are for secure pages.
  await page.goto(`${set.site.origin}/docs/hosting.html`);
  const picture = await page.evaluate(decode, [bytes.toString("base64"), type] as const);
  await page.close();
  return picture;
}

/** Runs in Chromium. */
async function decode([base64, type]: readonly [base64: string, type: string]): Promise<Picture> {
  const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const decoder = new ImageDecoder({ data, type });
  await decoder.tracks.ready;
  await decoder.completed;
  const frameIndex = (decoder.tracks.selectedTrack?.frameCount ?? 1) - 1;
  const { image } = await decoder.decode({ frameIndex });
  const { displayWidth: width, displayHeight: height } = image;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context?.drawImage(image, 0, 0);
  return { width, height, rgba: [...(context?.getImageData(0, 0, width, height).data ?? [])] };
}

/** The greatest difference of a byte of the sheet's first picture from what the run has. */
function farthest({ width, rgba }: Picture, kept: readonly number[], times: number): number {
  let most = 0;
  for (let y = 0; y < SIZE.height * times; y++) {
    for (let x = 0; x < SIZE.width * times; x++) {
      const from = 4 * (Math.floor(y / times) * SIZE.width + Math.floor(x / times));
      const at = 4 * ((MARGIN + y) * width + MARGIN + x);
      for (const colour of [0, 1, 2])
        most = Math.max(most, Math.abs((rgba[at + colour] ?? 0) - (kept[from + colour] ?? 0)));
    }
  }
  return most;
}

/** Runs in a page: bytes of channel 0's last picture. */
async function lastPicture(): Promise<number[]> {
  const element = document.querySelector("vgg-scope") as VggScopeElement;
  return [...((await element.run?.iterate(0, 4))?.rgba ?? [])];
}

/** Runs in a page: chooses a picture to start from, and answers what the element then starts from. */
async function startFrom(base64: string): Promise<number[] | string> {
  const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const input = document.querySelector<HTMLInputElement>('#settings input[accept="image/*"]');
  const files = new DataTransfer();
  files.items.add(new File([data], "start.png", { type: "image/png" }));
  if (!input) return "no place for a picture";
  input.files = files.files;
  input.dispatchEvent(new Event("change"));
  const element = document.querySelector("vgg-scope") as VggScopeElement;
  const error = () => document.querySelector("#error-start")?.textContent ?? "";
  while (!element.startImage && error() === "") await new Promise((resolve) => setTimeout(resolve, 20));
  return element.startImage ? Array.from(element.startImage, (value) => Math.round(value * 255)) : error();
}

/** The picture at half its size. */
function expectedStart(): number[] {
  return Array.from({ length: SIZE.width * SIZE.height }, (_, at) => {
    const x = at % SIZE.width;
    return x < SIZE.width / 2 ? [200, 10, 20] : [0, Math.round(5 * (2 * x + 0.5)), 0];
  }).flat();
}

describe.skipIf(!firefox.found)("Firefox that resists fingerprinting", () => {
  const RESISTING = { "privacy.resistFingerprinting": true };

  async function visit(): Promise<Page> {
    before = "";
    const { page } = await firefoxPage(
      await firefoxWith(RESISTING),
      `${set.site.origin}/#${new URLSearchParams(LINK)}`,
    );
    await page.waitForSelector('vgg-scope[data-state="finished"]', { timeout: 40_000 });
    await page.waitForSelector(".stage .take > summary");
    return page;
  }

  it("is what it is meant to be: a canvas read by a page is noise", async () => {
    const page = await visit();
    const read = await page.evaluate(() => {
      const context = new OffscreenCanvas(16, 16).getContext("2d");
      context?.fillRect(0, 0, 16, 16);
      return [...(context?.getImageData(0, 0, 16, 16).data ?? [])].filter((_, at) => at % 4 === 0);
    });
    expect(new Set(read).size).toBeGreaterThan(1);
  });

  it.each([
    ["png", "image/png", 0],
    // A palette of 256 colours for all that is on the sheet.
    ["gif", "image/gif", 60],
  ] as const)("%s has the true pictures, and what is missing is said", async (kind, type, most) => {
    const page = await visit();
    await page.evaluate(() => {
      const made: Blob[] = [];
      Object.assign(globalThis, { made });
      const create = URL.createObjectURL;
      URL.createObjectURL = (blob) => {
        if (blob instanceof Blob) made.push(blob);
        return create(blob);
      };
    });
    await page.click(".stage .take > summary");
    await page.waitForSelector(`.stage .take [data-kind="${kind}"][aria-disabled="false"]`);
    await page.click(`.stage .take [data-kind="${kind}"]`);
    const said = () => page.$eval(".stage .take .take-said", ({ textContent }) => textContent);
    await expect.poll(said, { timeout: 60_000 }).toMatch(/^Saved .*The words under them are missing/);
    const base64 = await page.evaluate(async () => {
      const { made } = globalThis as unknown as { made: Blob[] };
      const bytes = new Uint8Array((await made.at(-1)?.arrayBuffer()) ?? new ArrayBuffer(0));
      return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
    });
    const picture = await decoded(Buffer.from(base64, "base64"), type);
    const kept = await page.evaluate(lastPicture);
    expect(farthest(picture, kept, TIMES[kind])).toBeLessThanOrEqual(most);
  });

  it("a video is not written, in words: this browser encodes none", async () => {
    const page = await visit();
    await page.click(".stage .take > summary");
    const words = () => page.$eval(".stage .take", ({ textContent }) => textContent);
    await expect.poll(words).toMatch(/cannot write WebM/);
  });

  it("a picture from disk is not taken for noise: nothing is started from it, in words", async () => {
    const page = await visit();
    const answer = await page.evaluate(startFrom, start.toString("base64"));
    expect(answer).toMatch(/start.png cannot be used: this browser hides.*Allow this site/);
    expect(await page.evaluate(lastPicture)).toHaveLength(4 * SIZE.width * SIZE.height);
  });
});

/** Runs in page and worker: what is read from a canvas is a little off, as in browsers that mark their visitors' canvases. */
function blur(): void {
  const { getImageData } = OffscreenCanvasRenderingContext2D.prototype;
  OffscreenCanvasRenderingContext2D.prototype.getImageData = function (...given) {
    const read = getImageData.apply(this, given);
    for (let at = 0; at < read.data.length; at += 5) read.data[at] = (read.data[at] ?? 0) ^ 1;
    return read;
  };
}

describe("a browser whose canvases are a little off", () => {
  async function visit(): Promise<ScopePage> {
    before = `(${blur})();`;
    const context = await set.browser.newContext({ serviceWorkers: "block" });
    await context.addInitScript(blur);
    const page = await ScopePage.within(context, `${set.site.origin}/#${new URLSearchParams(LINK)}`);
    await page.reaches("finished");
    await page.furnished();
    return page;
  }

  it("saves exact pictures with their words", async () => {
    const page = await visit();
    const panel = new TakePanel(page.page, "grid");
    await panel.open();
    const picture = await decoded((await panel.take("PNG")).bytes, "image/png");
    expect(farthest(picture, await page.page.evaluate(lastPicture), TIMES.png)).toBe(0);
    expect(/missing/.test(await panel.said())).toBe(false);
    // Black words on white paper, below the pictures.
    const below = picture.rgba.slice(4 * picture.width * (MARGIN + SIZE.height * TIMES.png));
    expect(below.reduce((least, byte) => Math.min(least, byte))).toBeLessThan(80);
    await page.close();
  });

  it("starts from exactly the picture that was chosen", async () => {
    const page = await visit();
    const values = await page.page.evaluate(startFrom, start.toString("base64"));
    if (typeof values === "string") throw new Error(values);
    const expected = expectedStart();
    expect(
      Math.max(...values.map((value, at) => Math.abs(value - (expected[at] ?? Number.NaN)))),
    ).toBeLessThanOrEqual(1);
    await page.close();
  });
});
