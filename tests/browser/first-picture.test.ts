/** What a visitor downloads before the first picture, beside weights and wasm. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { openPage } from "./support/browser";
import { stage } from "./support/fixture";

/**
 * Bytes of scripts, styles and pages, compressed as hosts compress them. The goal is 60 kB: the limit is the present size rounded
 * up, and only ever falls.
 */
const BUDGET = 70_000;
const SITE = fileURLToPath(new URL("../../www/dist", import.meta.url));
const TEXT = /\.(js|css|html)$/;

const set = stage();

it("scripts, styles and pages of the first picture are within their budget", async () => {
  const { page } = await openPage(set.browser, {});
  const asked = new Set<string>();
  page.context().on("request", (request) => asked.add(new URL(request.url()).pathname));
  await page.goto(`${set.site.origin}/#backend=cpu&layer=block1_conv2&width=24&height=16&iterations=1`);
  await page.locator("[data-state=finished]").waitFor();
  await page.context().close();
  const files = [...asked].map((path) => path.replace(/\/$/, "/index.html"));
  // The worker's own requests are among them.
  expect(files.filter((file) => file.endsWith(".wasm"))).toHaveLength(1);
  const sizes = files
    .filter((file) => TEXT.test(file))
    .map((file) => [file, gzipSync(readFileSync(SITE + file), { level: 9 }).length] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  expect(total, JSON.stringify(sizes)).toBeLessThanOrEqual(BUDGET);
});
