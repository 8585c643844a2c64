// Times gradient steps of vggscope and of whatever else could take them, turn about, with the same weights and start image,
// after checking that all compute the same mean activation.
//
//   cargo xtask bench [--only NAMES] [--layers NAMES] [--parts NAMES] [--turns 5] [--out FOLDER]
//
//   --only    contestants, such as cpu-browser,tfjs-wasm (plan.mjs has all)
//   --layers  layers of the part `steps`, such as block1_conv2
//   --parts   of: steps, memory, pictures (the first one, over a slow line), growth (of size, depth, channels and cores)
//   --out     folder for speed.json and speed.svg; without it, a complete run writes results/ and README.md
//
// A complete run takes hours where there is no GPU: emulated ones are slow. The environment variable CHROMIUM names the
// browser's program, CHROMIUM_FLAGS what else it is started with (a headless one may need
// "--enable-features=Vulkan --use-angle=vulkan" to find a GPU); PYTHON, like PATH, the interpreters in which TensorFlow and
// PyTorch are looked for.

import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { Contestants } from "./contestants.mjs";
import { allowCores, CORES } from "./cores.mjs";
import { measure } from "./measure.mjs";
import { emptyBrowser, measureMemory, measureRuns } from "./memory.mjs";
import { readOptions } from "./options.mjs";
import { browserPeak, nativePeak } from "./peak.mjs";
import { measurePictures } from "./pictures.mjs";
import { growthCases, SEED, stepCases } from "./plan.mjs";
import { writeReadme, writeResults } from "./report/files.mjs";
import { tables } from "./report/markdown.mjs";
import { serve } from "./server.mjs";
import { CONVOLUTIONS } from "./work.mjs";

const options = readOptions();
const folder =
  options.out ?? (options.complete ? fileURLToPath(new URL("results", import.meta.url)) : undefined);
const server = await serve();
const origin = `http://127.0.0.1:${server.port}`;
const report = {
  date: new Date().toISOString(),
  machine: { cpu: cpus()[0]?.model ?? "unknown", cores: CORES },
  turns: options.turns,
  seed: SEED,
  peak: { native: nativePeak(), wasm: await browserPeak(origin) },
  steps: [],
  growth: [],
};
say(JSON.stringify(report.peak));

const MEASURE = {
  steps: () => race(stepCases(options.layers, emulated), report.steps),
  growth: () => raceAsThingsGrow(),
  memory: async () => {
    const empty = await emptyBrowser(origin);
    report.runs = await measureRuns(origin, empty, say);
    report.memory = await measureMemory(present(), options.layers, origin, empty, say);
  },
  pictures: async () => {
    report.pictures = await measurePictures(present(), server.port, options.turns, say);
  },
};

try {
  await introduce();
  for (const part of options.parts) {
    await MEASURE[part]();
    await keep();
  }
  say(`\n${tables(report)}`);
  if (options.complete && !options.out) writeReadme(report);
} finally {
  server.close();
}

/** Finds out who can run here. */
async function introduce() {
  const contestants = await Contestants.gather(options.names, origin);
  report.browser = contestants.browserVersion;
  report.contestants = contestants.about;
  await contestants.close();
}

function present() {
  return options.names.filter((name) => !report.contestants[name].unavailable);
}

/** Some cases, one after the other, added to `results`. Each has programs of its own, so that a crash ends no other. */
async function race(cases, results) {
  for (const entry of cases) {
    const names = present().filter((name) => entry.contestants.includes(name));
    const contestants = await Contestants.gather(names, origin);
    try {
      results.push(await measure(entry, contestants, options.turns, say));
    } finally {
      await contestants.close();
    }
    await keep();
  }
}

/** Every program counts its cores when it starts. */
async function raceAsThingsGrow() {
  for (const entry of growthCases(CONVOLUTIONS, CORES, emulated)) {
    if (entry.cores && !allowCores(entry.cores))
      return say("cores: this system has no taskset; not measured");
    await race([entry], report.growth);
  }
  allowCores(CORES);
}

/** Whether this contestant's GPU is a program. */
function emulated(name) {
  return /swiftshader|llvmpipe|software/i.test(report.contestants[name]?.device ?? "");
}

/** What has been measured so far: a long run that is interrupted leaves it. */
async function keep() {
  if (folder) await writeResults(folder, report);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
