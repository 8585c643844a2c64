// Uses the page for a while as a reader might who stays: climbs, looks closely, scrubs, changes layers and models, reloads.
// Fails where memory grows, or the number of anything that should not.
//
//   cargo xtask soak [--minutes 10]
//
// A round ends where it began, with the same grid finished; there it is measured, after collecting garbage. In the first half of
// the time the page is never left, in the second each round begins with a reload: what a page leaks shows in the one, what it
// leaves behind in the other.

import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { LAUNCH } from "./browser.mjs";
import { serve } from "./server.mjs";
import { Sampler, watchContexts } from "./soak/sample.mjs";
import { verdict } from "./soak/verdict.mjs";
import { Visitor } from "./soak/visitor.mjs";

/** Rounds of a half that are not judged: what is loaded or compiled once comes with them. */
const WARM = 2;
/** Judged rounds of a half, whatever the time. */
const LEAST = 3;

const minutes = readMinutes();
const server = await serve();
const launch = { ...LAUNCH, args: [...LAUNCH.args, "--js-flags=--expose-gc"] };
const browser = await chromium.launch(launch);
const failures = [];
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(120_000);
  watchContexts(page);
  page.on("pageerror", ({ message }) => failures.push(`an uncaught error: ${message}`));
  const visitor = new Visitor(page, `http://127.0.0.1:${server.port}/index.html`);
  const sampler = await Sampler.of(page);
  await visitor.arrive();
  for (const [half, reload] of [
    ["staying", false],
    ["reloading", true],
  ]) {
    const samples = await go(half, reload, visitor, sampler);
    failures.push(...verdict(samples.slice(WARM)).map((failure) => `${half}: ${failure}`));
  }
} finally {
  await browser.close();
  server.close();
}
for (const failure of failures) say(failure);
say(failures.length === 0 ? "flat" : "not flat");
process.exitCode = failures.length === 0 ? 0 : 1;

/** One half of the time; a sample a round. */
async function go(half, reload, visitor, sampler) {
  const samples = [];
  const until = performance.now() + minutes * 30_000;
  while (performance.now() < until || samples.length < WARM + LEAST) {
    if (reload) await visitor.reload();
    await visitor.round();
    const sample = await sampler.take();
    samples.push(sample);
    say(`${half} ${samples.length}: ${describe(sample)}`);
  }
  return samples;
}

function describe({ bytes, heap, ...counts }) {
  const numbers = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  return [`${Math.round(bytes / 1e6)} MB`, `heap ${(heap / 1e6).toFixed(1)} MB`, ...numbers].join(", ");
}

function readMinutes() {
  const { values } = parseArgs({ options: { minutes: { type: "string", default: "10" } } });
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error(`--minutes must be a number above 0, not ${values.minutes}`);
  return minutes;
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
