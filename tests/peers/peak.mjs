// What the machine can do at most: floating-point operations and bytes a second on one core and on all, natively and in
// the browser's WebAssembly.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import loadWabt from "wabt";
import { LAUNCH } from "./browser.mjs";
import { rustProgram } from "./native.mjs";

/** From the library's example `peak`. */
export function nativePeak() {
  const [file] = rustProgram(["peak"]);
  return JSON.parse(execFileSync(file, { encoding: "utf8" }));
}

/** From pages/peak.wat. */
export async function browserPeak(origin) {
  const wasm = await assemble(new URL("pages/peak.wat", import.meta.url));
  const browser = await chromium.launch(LAUNCH);
  try {
    const page = await browser.newPage();
    await page.goto(`${origin}/peers/peak.html`);
    await page.waitForFunction(() => globalThis.peak !== undefined);
    return await page.evaluate((bytes) => globalThis.peak(bytes), [...wasm]);
  } finally {
    await browser.close();
  }
}

async function assemble(url) {
  const wabt = await loadWabt();
  const module = wabt.parseWat(url.pathname, readFileSync(url, "utf8"), { simd: true, bulk_memory: true });
  return module.toBinary({}).buffer;
}
