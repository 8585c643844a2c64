/** A file of 553 MB from disk: it is read in slices, and no more of it than the layers shown need. */
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { VggScopeElement } from "../../www/src/vggscope";
import { stage, WEIGHTS } from "./support/fixture";
import { ScopePage } from "./support/scope-page";
import { WholeVgg16 } from "./support/whole-vgg16";

const LAYER = "block1_conv2";
/** Bytes of block1_conv1's numbers. */
const FIRST_LAYER = 4 * (64 * 27 + 64);
const SMALL = { backend: "cpu", layer: LAYER, width: "16", height: "16", iterations: "2", channels: "0-3" };
const NAME = "vgg16.safetensors";
/** Its layers come first, so that what is read here can be written without the rest. */
const WHOLE = new WholeVgg16(2024, "layers");

declare global {
  /** In the worker: bytes of files read so far, and of the largest piece. */
  var readOfFiles: { bytes: number; most: number };
}

/** Runs in the worker, before its own program. */
const COUNT_READS = `
  globalThis.readOfFiles = { bytes: 0, most: 0 };
  const read = FileReaderSync.prototype.readAsArrayBuffer;
  FileReaderSync.prototype.readAsArrayBuffer = function (blob) {
    const { bytes, most } = globalThis.readOfFiles;
    globalThis.readOfFiles = { bytes: bytes + blob.size, most: Math.max(most, blob.size) };
    return read.call(this, blob);
  };
`;

const set = stage();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "vggscope-"));
  const file = await open(join(folder, NAME), "w");
  await file.write(WHOLE.subarray(0, WHOLE.neededFor(LAYER)));
  // The rest is a hole, and reads as zeros.
  await file.truncate(WHOLE.length);
  await file.close();
});

afterAll(() => rm(folder, { recursive: true }));

it("only the header and the layers needed are read, and the pictures are those of the folder", async () => {
  const page = await ScopePage.open(set, { ...SMALL, weights: WEIGHTS.full });
  await page.page.context().route(/\/assets\/worker-.*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `{${COUNT_READS}}\n${await response.text()}` });
  });
  await page.reaches("finished");
  const expected = await page.page.evaluate(pictures, LAYER);
  expect(expected).toHaveLength(4);

  await page.page.locator("#file-input").setInputFiles(join(folder, NAME));
  await page.reaches("finished");
  expect(await page.page.evaluate(pictures, LAYER)).toEqual(expected);
  const reads = await Promise.all(
    page.page.workers().map((worker) => worker.evaluate(() => globalThis.readOfFiles)),
  );
  const total = reads.reduce((sum, { bytes }) => sum + bytes, 0);
  // A little is read twice: the first bytes tell what kind of file it is, and the first layer which training.
  expect(total).toBeGreaterThan(0.9 * WHOLE.neededFor(LAYER));
  expect(total).toBeLessThanOrEqual(1.02 * WHOLE.neededFor(LAYER) + 4096 + FIRST_LAYER);
  expect(Math.max(...reads.map(({ most }) => most))).toBeLessThan(200_000);
  expect(page.errors).toEqual([]);
  await page.close();
});

/** Runs in the page: what the engine in use draws of the first channels. */
async function pictures(layer: string): Promise<string[]> {
  const scope = document.querySelector<VggScopeElement>("vgg-scope")?.scope;
  if (!scope) throw new Error("no engine");
  const order = { layer, channels: [0, 1, 2, 3], width: 16, height: 16, iterations: 2 };
  const drawn: string[] = [];
  for await (const { channel, rgba } of scope.ascend({ ...order, preprocessing: "none", seed: 7 })) {
    drawn[channel] = rgba.join();
  }
  return drawn;
}
