// One Chromium with a page for each contestant. Both pages answer `climb(setting)` alike.

import { chromium } from "playwright-core";
import { cpuSeconds } from "./processes.mjs";
import { serve } from "./server.mjs";

const LAUNCH = [
  "--no-sandbox",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Opens both pages. `climb(name, setting)` resolves to milliseconds per step and the first mean activation. */
export async function openContestants() {
  const server = await serve();
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: LAUNCH });
  const close = async () => {
    await browser.close();
    server.close();
  };
  try {
    const pages = {
      tfjs: await open(browser, server.origin, "tfjs"),
      vggscope: await open(browser, server.origin, "vggscope"),
    };
    return {
      browserVersion: browser.version(),
      tfjsVersion: await pages.tfjs.page.evaluate(() => globalThis.tf.version.tfjs),
      climb: (name, setting) => climb(pages[name], setting),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(browser, origin, name) {
  const page = await browser.newPage();
  page.setDefaultTimeout(0);
  const marks = {};
  // CPU time is read here, when the page says that its timed steps begin and end.
  await page.exposeFunction("mark", (moment) => {
    marks[moment] = cpuSeconds();
  });
  page.on("pageerror", (error) => process.stderr.write(`${name}: ${error.message}\n`));
  await page.goto(`${origin}/peers/${name}.html`);
  await page.waitForFunction(() => globalThis.climb !== undefined, undefined, { timeout: 60_000 });
  return { page, marks };
}

async function climb({ page, marks }, setting) {
  // A page in the background may be slowed down.
  await page.bringToFront();
  const { wallMs, objective } = await page.evaluate((request) => globalThis.climb(request), setting);
  const cpuMs = 1000 * (marks.end - marks.start);
  return { wallMs: wallMs / setting.steps, cpuMs: cpuMs / setting.steps, objective };
}
