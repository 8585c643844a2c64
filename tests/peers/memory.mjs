// Peak memory: one contestant alone, in programs started for it; and the page with a whole grid that is kept.

import { chromium } from "playwright-core";
import { Browser, LAUNCH } from "./browser.mjs";
import { openNative } from "./native.mjs";
import { CONTESTANTS, SEED, SIZE } from "./plan.mjs";
import { peakBytes } from "./processes.mjs";

/**
 * Bytes by layer and name, of those who get through; what an empty browser takes is not counted. Nobody else may be
 * running.
 */
export async function measureMemory(names, layers, origin, empty, say) {
  const memory = {};
  for (const layer of layers) {
    memory[layer] = {};
    for (const name of names) {
      try {
        const peak = await peakOf(CONTESTANTS[name], layer, origin);
        memory[layer][name] = CONTESTANTS[name].page ? peak - empty : peak;
        say(`${layer}, memory of ${name}: ${Math.round(memory[layer][name] / 1e6)} MB`);
      } catch (error) {
        say(`${layer}, memory of ${name}: failed (${error.message})`);
      }
    }
  }
  return memory;
}

/** The notes' forty channels and hundred steps, of which every iterate can be looked at again. */
const GRID = { layer: "block3_conv1", channels: 40, iterations: 100 };

/** Bytes that the page takes on the CPU backend until the grid is finished, and until every iterate of it was read once more. */
export async function measureGrid(origin, empty, say) {
  const browser = await chromium.launch(LAUNCH);
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    const { layer, channels, iterations } = GRID;
    const state = `layer=${layer}&channels=0-${channels - 1}&iterations=${iterations}&seed=${SEED}&backend=cpu`;
    await page.goto(`${origin}/index.html#${state}`);
    await page.waitForSelector('vgg-scope[data-state="finished"]');
    const bytes = peakBytes() - empty;
    const readable = await page.evaluate(readAgain, GRID);
    const grid = { ...GRID, size: SIZE, bytes, readable, bytesWithReading: peakBytes() - empty };
    say(
      `${channels} x ${iterations} iterates of ${layer}: ${Math.round(grid.bytes / 1e6)} MB, ${readable} readable`,
    );
    return grid;
  } finally {
    await browser.close();
  }
}

/** In the page: how many iterates of the run give a picture. */
async function readAgain({ channels, iterations }) {
  const { run } = document.querySelector("vgg-scope");
  let readable = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let iteration = 1; iteration <= iterations; iteration++) {
      const { rgba } = await run.iterate(channel, iteration);
      if (rgba.some((value) => value !== 0)) readable += 1;
    }
  }
  return readable;
}

/** Bytes of a browser that shows nothing, to be taken off those of one that does. */
export async function emptyBrowser(origin) {
  const browser = await Browser.launch(origin);
  await browser.openEmpty();
  const peak = peakBytes();
  await browser.close();
  return peak;
}

async function peakOf(entry, layer, origin) {
  const browser = entry.page ? await Browser.launch(origin) : undefined;
  let contestant;
  try {
    contestant = await (browser ? browser.open(entry) : openNative(entry));
    await contestant.climb({ layer, size: SIZE, channels: [0], seed: SEED, warm: 1, steps: 1 });
    return peakBytes();
  } finally {
    await contestant?.close();
    await browser?.close();
  }
}
