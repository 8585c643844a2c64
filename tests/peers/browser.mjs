// Contestants in a browser: one Chromium with a page for each. All pages answer `climb(setting)` alike.

import { chromium } from "playwright-core";
import { cpuSeconds } from "./processes.mjs";

/** The browser's program and how it is started. */
export const LAUNCH = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // WebGPU and WebGL on SwiftShader where there is no GPU.
    "--enable-unsafe-webgpu",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    ...(process.env.CHROMIUM_FLAGS ?? "").split(" ").filter(Boolean),
  ],
};

export class Browser {
  #browser;
  #origin;

  constructor(browser, origin) {
    this.#browser = browser;
    this.#origin = origin;
  }

  static async launch(origin) {
    return new Browser(await chromium.launch(LAUNCH), origin);
  }

  get version() {
    return this.#browser.version();
  }

  /** Opens a contestant's page; rejects where it cannot compute here. */
  async open({ page: address }) {
    const page = await this.#browser.newPage();
    page.setDefaultTimeout(0);
    const contestant = new PageContestant(page);
    await contestant.open(`${this.#origin}/peers/${address}`);
    return contestant;
  }

  /** A page without anything, to compare with. */
  async openEmpty() {
    await (await this.#browser.newPage()).goto(`${this.#origin}/peers/empty.html`);
  }

  close() {
    return this.#browser.close();
  }
}

class PageContestant {
  #page;
  #marks = {};
  #patched = new Set();

  constructor(page) {
    this.#page = page;
  }

  /** What computes: a version, a device. */
  about;

  async open(url) {
    const errors = [];
    this.#page.on("pageerror", (error) => errors.push(error.message));
    // CPU time is read here, when the page says that its timed steps begin and end.
    await this.#page.exposeFunction("mark", (moment) => {
      this.#marks[moment] = cpuSeconds();
    });
    await this.#page.goto(url);
    try {
      await this.#page.waitForFunction(() => globalThis.climb !== undefined, undefined, { timeout: 60_000 });
      this.about = await this.#page.evaluate(() => globalThis.describe());
    } catch (error) {
      throw new Error(errors[0] ?? plain(error));
    }
  }

  /** Milliseconds of all timed steps, the start image's mean activations, and GPU dispatches of the whole climb. */
  async climb(setting) {
    // A page in the background may be slowed down.
    await this.#page.bringToFront();
    await this.#countDispatches();
    const before = await this.#dispatches();
    try {
      const result = await this.#page.evaluate((request) => globalThis.climb(request), setting);
      const cpuMs = 1000 * (this.#marks.end - this.#marks.start);
      return { ...result, cpuMs, dispatches: (await this.#dispatches()) - before };
    } catch (error) {
      throw new Error(plain(error));
    }
  }

  async close() {
    await this.#page.close();
  }

  /** The engines compute in workers, which look the method up at each call. */
  async #countDispatches() {
    for (const worker of this.#page.workers()) {
      if (this.#patched.has(worker)) continue;
      this.#patched.add(worker);
      await worker.evaluate(() => {
        globalThis.dispatches = 0;
        const encoder = globalThis.GPUComputePassEncoder?.prototype;
        for (const name of encoder ? ["dispatchWorkgroups", "dispatchWorkgroupsIndirect"] : []) {
          const dispatch = encoder[name];
          encoder[name] = function (...sizes) {
            globalThis.dispatches += 1;
            return dispatch.apply(this, sizes);
          };
        }
      });
    }
  }

  async #dispatches() {
    let total = 0;
    for (const worker of this.#page.workers())
      total += await worker.evaluate(() => globalThis.dispatches ?? 0);
    return total;
  }
}

/** An error's first line, without the stack that Playwright adds. */
function plain(error) {
  return error.message.split("\n")[0].replace(/^page\.\w+: (Error: )?/, "");
}
