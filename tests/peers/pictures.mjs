// From navigation to the first picture, over a slow line: a first visit, and a second one in the same browser.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { LAUNCH } from "./browser.mjs";
import { SEED } from "./plan.mjs";
import { spread } from "./statistics.mjs";
import { throttle } from "./throttle.mjs";

const BITS_PER_SECOND = 10e6;
const LAYER = "block1_conv2";

const ours = (backend) =>
  `index.html#weights=weights/untrained/&layer=${LAYER}&channels=0&iterations=2&seed=${SEED}&backend=${backend}`;
const theirs = (backend) => `peers/picture.html?backend=${backend}&layer=${LAYER}&seed=${SEED}`;
/** Addresses that show a picture of the same channel from the same weights. */
const PAGES = {
  "cpu-browser": ours("cpu"),
  "webgpu-browser": ours("webgpu"),
  "tfjs-wasm": theirs("wasm"),
  "tfjs-webgpu": theirs("webgpu"),
  "tfjs-webgl": theirs("webgl"),
  "tfjs-cpu": theirs("cpu"),
};

/** Milliseconds and bytes by name, of a cold and of a warm visit; or `failed` with the reason. */
export async function measurePictures(names, port, turns, say) {
  const line = await throttle(port, BITS_PER_SECOND);
  const visitors = names.filter((name) => name in PAGES).map((name) => ({ name, seen: [] }));
  try {
    for (let turn = 0; turn < turns; turn++) for (const visitor of visitors) await see(visitor, line, say);
  } finally {
    line.close();
  }
  const results = Object.fromEntries(visitors.map((visitor) => [visitor.name, summarise(visitor)]));
  return { bitsPerSecond: BITS_PER_SECOND, layer: LAYER, results };
}

async function see(visitor, line, say) {
  if (visitor.failed) return;
  try {
    const { cold, warm } = await visitTwice(PAGES[visitor.name], line);
    visitor.seen.push({ cold, warm });
    say(`first picture of ${visitor.name}: ${seconds(cold)}, again ${seconds(warm)}`);
  } catch (error) {
    visitor.failed = error.message.split("\n")[0];
    say(`first picture of ${visitor.name}: failed (${visitor.failed})`);
  }
}

/** A browser with an empty profile on disk: in a private window nothing compiled would be kept. */
async function visitTwice(address, line) {
  const profile = mkdtempSync(join(tmpdir(), "vggscope-bench-"));
  const browser = await chromium.launchPersistentContext(profile, LAUNCH);
  try {
    return { cold: await visit(browser, address, line), warm: await visit(browser, address, line) };
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

async function visit(browser, address, line) {
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  const before = line.bytes();
  await page.addInitScript(watch);
  await page.goto(`${line.origin}/${address}`, { waitUntil: "commit" });
  const ms = await page.evaluate(() => globalThis.firstPicture);
  await page.close();
  return { ms, bytes: line.bytes() - before };
}

/** Runs before the page's own scripts; `firstPicture` resolves to milliseconds since the navigation. */
function watch() {
  const shown = '[data-state="running"], [data-state="finished"]';
  globalThis.firstPicture = new Promise((resolve, reject) => {
    const look = () => {
      const failed = document.querySelector('[data-state="error"]');
      if (failed) reject(new Error(failed.innerText.replaceAll(/\s+/g, " ")));
      // The frame after the one in which it was drawn is the first that shows it.
      if (document.querySelector(shown)) requestAnimationFrame(() => resolve(performance.now()));
    };
    globalThis.addEventListener("error", ({ message }) => reject(new Error(message)));
    globalThis.addEventListener("unhandledrejection", ({ reason }) => reject(reason));
    const options = { subtree: true, childList: true, attributeFilter: ["data-state"] };
    new MutationObserver(look).observe(document, options);
  });
}

function summarise({ seen, failed }) {
  if (failed) return { failed };
  const of = (visit) => ({
    ms: spread(seen.map((pair) => pair[visit].ms)),
    bytes: spread(seen.map((pair) => pair[visit].bytes)).median,
  });
  return { cold: of("cold"), warm: of("warm") };
}

function seconds({ ms }) {
  return `${(ms / 1000).toFixed(1)} s`;
}
