// Times one gradient step at 150 x 150, one channel, on the CPU: TensorFlow.js's wasm backend and vggscope's
// built site, turn about in one browser, with the same weights, start image and number of steps.
//
//   cargo xtask bench [--turns 5] [--out FILE.json]
//
// The program CHROMIUM (else /usr/bin/chromium) is the browser. Prints one Markdown table: medians over the turns, the ratio
// of each turn's two times as median (lowest to highest), wall time and CPU time of the browser's whole process tree.

import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { openContestants } from "./browser.mjs";
import { summarise, table } from "./report.mjs";

/** What is timed, and how many times as fast vggscope shall at least be. */
const CASES = [
  { layer: "block1_conv2", steps: 20, floor: 10 },
  { layer: "block3_conv1", steps: 10, floor: 4 },
];
const SETTING = { channel: 0, size: 150, seed: 7, warm: 3 };
/** Rounding differs between the two; any other work differs by more. */
const OBJECTIVE_TOLERANCE = 1e-4;

const { values: options } = parseArgs({
  options: { turns: { type: "string", default: "5" }, out: { type: "string" } },
});
const turns = Number(options.turns);
if (!Number.isInteger(turns) || turns < 1)
  throw new Error(`--turns must be a whole number from 1, not ${options.turns}`);

const contestants = await openContestants();
try {
  const results = [];
  for (const entry of CASES) results.push(await measure(entry));
  const report = {
    date: new Date().toISOString(),
    machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length },
    browser: contestants.browserVersion,
    tfjs: contestants.tfjsVersion,
    setting: { ...SETTING, turns },
    results,
  };
  say(`\n${table(report)}`);
  if (options.out) write(options.out, report);
} finally {
  await contestants.close();
}

/** All turns of one case; the two swap places from turn to turn, so that neither always runs on the warmer machine. */
async function measure(entry) {
  const measured = [];
  for (let turn = 0; turn < turns; turn++) {
    const order = turn % 2 === 0 ? ["tfjs", "vggscope"] : ["vggscope", "tfjs"];
    const pair = {};
    for (const name of order) pair[name] = await contestants.climb(name, { ...SETTING, ...entry });
    requireSameWork(entry.layer, pair);
    say(`${entry.layer}, turn ${turn + 1} of ${turns}: ${describe(pair.tfjs)} / ${describe(pair.vggscope)}`);
    measured.push(pair);
  }
  return { ...entry, ...summarise(measured), turns: measured };
}

function requireSameWork(layer, { tfjs, vggscope }) {
  const difference = Math.abs(tfjs.objective - vggscope.objective) / Math.abs(tfjs.objective);
  if (!(difference <= OBJECTIVE_TOLERANCE)) {
    throw new Error(
      `${layer}: the two do not do the same work: mean activation ${tfjs.objective} and ${vggscope.objective}`,
    );
  }
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function describe({ wallMs, cpuMs }) {
  return `${wallMs.toFixed(1)} ms (CPU ${cpuMs.toFixed(1)})`;
}

function write(file, report) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}
