// Memory: one contestant alone, in programs started for it; and the page with whole runs, whose iterates stay readable.

import { chromium } from "playwright-core";
import { Browser, LAUNCH } from "./browser.mjs";
import { openNative } from "./native.mjs";
import { CONTESTANTS, RUNS, SEED, SIZE } from "./plan.mjs";
import { heldBytes, mostBytes } from "./processes.mjs";

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
        const most = await mostOf(CONTESTANTS[name], layer, origin);
        memory[layer][name] = CONTESTANTS[name].page ? most - empty : most;
        say(`${layer}, memory of ${name}: ${megabytes(memory[layer][name])}`);
      } catch (error) {
        say(`${layer}, memory of ${name}: failed (${error.message})`);
      }
    }
  }
  return memory;
}

/** What the page takes for each of the plan's runs on the CPU backend. */
export async function measureRuns(origin, empty, say, runs = RUNS) {
  const measured = [];
  for (const run of runs) {
    const { bytes, held, readable } = await measureRun(run, origin);
    measured.push({ ...run, size: SIZE, bytes: bytes - empty, held: held - empty, readable });
    const { layer, channels, iterations, cores } = run;
    const on = cores ? ` as on ${cores} cores` : "";
    say(
      `${channels} x ${iterations} iterates of ${layer}${on}: ${megabytes(bytes - empty)} at most, ` +
        `${megabytes(held - empty)} in the end, ${readable} readable`,
    );
  }
  return measured;
}

/** Bytes until the run is finished and every iterate of it was read once more, and then. */
async function measureRun({ layer, channels, iterations, cores }, origin) {
  const browser = await chromium.launch(LAUNCH);
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    if (cores) await page.addInitScript(pretend, cores);
    const state = `layer=${layer}&channels=0-${channels - 1}&iterations=${iterations}&seed=${SEED}&backend=cpu`;
    let readable = 0;
    const bytes = await mostBytes(async () => {
      await page.goto(`${origin}/index.html#${state}`);
      await page.waitForSelector('vgg-scope[data-state="finished"]');
      readable = await page.evaluate(readAgain, { channels, iterations });
    });
    return { bytes, held: heldBytes(), readable };
  } finally {
    await browser.close();
  }
}

/** In the page: so many cores. */
function pretend(cores) {
  Object.defineProperty(navigator, "hardwareConcurrency", { value: cores });
}

/** In the page: how many iterates of the run have their picture at hand, and give one. */
async function readAgain({ channels, iterations }) {
  const { run } = document.querySelector("vgg-scope");
  const every = run.every ?? 1;
  let readable = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let iteration = every; iteration <= iterations; iteration += every) {
      const { rgba } = await run.iterate(channel, iteration);
      if (rgba.some((value) => value !== 0)) readable += 1;
    }
  }
  return readable;
}

/** Bytes of a browser that shows nothing, to be taken off those of one that does. */
export async function emptyBrowser(origin) {
  const browser = await Browser.launch(origin);
  try {
    return await mostBytes(() => browser.openEmpty());
  } finally {
    await browser.close();
  }
}

async function mostOf(entry, layer, origin) {
  const browser = entry.page ? await Browser.launch(origin) : undefined;
  let contestant;
  try {
    return await mostBytes(async () => {
      contestant = await (browser ? browser.open(entry) : openNative(entry));
      await contestant.climb({ layer, size: SIZE, channels: [0], seed: SEED, warm: 1, steps: 1 });
    });
  } finally {
    await contestant?.close();
    await browser?.close();
  }
}

function megabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`;
}
