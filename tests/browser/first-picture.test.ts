/** What a visitor downloads before the first picture, beside weights and wasm. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Request } from "playwright-core";
import { expect, it } from "vitest";
import { openPage } from "./support/browser";
import { stage } from "./support/fixture";

/** Bytes of scripts, styles and pages, compressed as hosts compress them. */
const BUDGET = 70_000;
const SITE = fileURLToPath(new URL("../../www/dist", import.meta.url));
const TEXT = /\.(js|css|html)$/;

const set = stage();

it("scripts, styles and pages of the first picture are within their budget", async () => {
  const { page } = await openPage(set.browser, {});
  // The worker's own requests are among them.
  const asked: Request[] = [];
  page.context().on("request", (request) => asked.push(request));
  // The page itself marks the place among its requests, in the turn in which its first picture comes.
  await page.addInitScript(() => {
    const mark = (event: Event) => {
      if ((event as CustomEvent).detail !== "running") return;
      removeEventListener("vggscope-state", mark, { capture: true });
      void fetch("/first-picture");
    };
    // The event does not bubble.
    addEventListener("vggscope-state", mark, { capture: true });
  });
  await page.goto(`${set.site.origin}/#backend=cpu&layer=block1_conv2&width=24&height=16&iterations=1`);
  await page.locator("[data-state=finished]").waitFor();
  await page.getByText("Take it with you").waitFor();
  const all = asked.map((request) => new URL(request.url()).pathname.replace(/\/$/, "/index.html"));
  const mark = all.indexOf("/first-picture");
  expect(mark).toBeGreaterThan(0);
  const paths = all.slice(0, mark);
  // There is more to come, and it does come after the first picture.
  expect([paths.includes("/models.json"), all.includes("/models.json")]).toEqual([false, true]);
  expect(all.slice(mark).filter((path) => path.endsWith(".js")).length).toBeGreaterThan(0);
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
