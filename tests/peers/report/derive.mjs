// Figures that follow from what was measured: ratios between contestants, and rates beside the machine's own.

import { CONTESTANTS } from "../plan.mjs";
import { spread } from "../statistics.mjs";
import { workOfStep } from "../work.mjs";

/** How many times as fast `ours` is as `peer`, turn by turn; or `missing` with the reason. */
export function ratio({ results }, { ours, peer, time }, contestants) {
  const missing = [ours, peer].map((name) => why(results[name], contestants[name])).find(Boolean);
  if (missing) return { missing };
  const ratios = results[peer].turns.map((turn, index) => turn[time] / results[ours].turns[index][time]);
  return spread(ratios);
}

/** Why there is no result, if there is none. */
export function why(result, about) {
  if (about.unavailable) return about.unavailable;
  if (!result) return "not part of this case";
  return result.failed;
}

/**
 * Operations and bytes a second of a step's useful work, and their shares of what the cores in use can do. Of a GPU no
 * such peak was measured.
 */
export function rates({ layer, size, channels }, name, { wallMs }, peak) {
  const { flop, bytes } = workOfStep(layer, size);
  const perSecond = (units) => (1000 * channels * units) / wallMs.median;
  const most = peakFor(CONTESTANTS[name], channels, peak);
  const rate = (units, key) => ({ perSecond: perSecond(units), share: most && perSecond(units) / most[key] });
  return { flop: rate(flop, "flopPerSecond"), bytes: rate(bytes, "bytesPerSecond") };
}

/** In a browser one channel is on one core; natively every core may help. */
function peakFor({ page, gpu }, channels, { wasm, native }) {
  if (gpu) return undefined;
  const { flopPerSecond, bytesPerSecond } = page ? wasm : native;
  const cores = page && channels === 1 ? "one" : "all";
  return { flopPerSecond: flopPerSecond[cores], bytesPerSecond: bytesPerSecond[cores] };
}
