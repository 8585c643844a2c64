// Peak memory: one contestant alone, in programs started for it.

import { Browser } from "./browser.mjs";
import { openNative } from "./native.mjs";
import { CONTESTANTS, SEED, SIZE } from "./plan.mjs";
import { peakBytes } from "./processes.mjs";

/**
 * Bytes by layer and name, of those who get through; what an empty browser takes is not counted. Nobody else may be
 * running.
 */
export async function measureMemory(names, layers, origin, say) {
  const empty = await emptyBrowser(origin);
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

async function emptyBrowser(origin) {
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
