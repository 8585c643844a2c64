/** What a visitor downloads before the first picture, beside weights and wasm. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Request } from "playwright-core";
import { expect, it } from "vitest";
import { openPage } from "./support/browser";
import { stage } from "./support/fixture";

/** Bytes of scripts, styles and pages, compressed as hosts compress them. */
const BUDGET = 60_000;
const SITE = fileURLToPath(new URL("../../www/dist", import.meta.url));
const TEXT = /\.(js|css|html)$/;

declare global {
  /** When the first picture was there, in milliseconds since 1970. */
  var firstPictureAt: number;
}

const set = stage();

it("scripts, styles and pages of the first picture are within their budget", async () => {
  const { page } = await openPage(set.browser, {});
  // The worker's own requests are among them.
  const asked: Request[] = [];
  page.context().on("request", (request) => asked.push(request));
  await page.addInitScript(() => {
    const note = (event: Event) => {
      if ((event as CustomEvent).detail === "running")
        globalThis.firstPictureAt ??= performance.timeOrigin + performance.now();
    };
    // The event does not bubble.
    addEventListener("vggscope-state", note, { capture: true });
  });
  await page.goto(`${set.site.origin}/#backend=cpu&layer=block1_conv2&width=24&height=16&iterations=1`);
  await page.locator("[data-state=finished]").waitFor();
  const until = await page.evaluate(() => globalThis.firstPictureAt);
  // What comes after the first picture does come.
  await page.getByText("Take it with you").waitFor();
  const rest = asked.findIndex((request) => request.url().includes("/assets/later-"));
  // The page's clock and that of its requests differ by some milliseconds.
  expect(asked[rest]?.timing().startTime).toBeGreaterThan(until - 100);
  const paths = asked
    .slice(0, rest)
    .map((request) => new URL(request.url()).pathname.replace(/\/$/, "/index.html"));
  await page.context().close();
  const files = [...new Set(paths)];
  expect(files.filter((file) => file.endsWith(".wasm"))).toHaveLength(1);
  const sizes = files
    .filter((file) => TEXT.test(file))
    .map((file) => [file, gzipSync(readFileSync(SITE + file), { level: 9 }).length] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  expect(total, JSON.stringify(sizes)).toBeLessThanOrEqual(BUDGET);
  expect(total).toBeGreaterThan(BUDGET / 2);
});
