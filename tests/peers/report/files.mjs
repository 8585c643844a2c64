// Where results go: a folder with everything, and the README's table of speeds.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { summary } from "./markdown.mjs";
import { plot } from "./plot.mjs";

const README = fileURLToPath(new URL("../../../README.md", import.meta.url));
const BETWEEN_MARKERS = /(?<=<!-- bench -->\n).*(?=<!-- \/bench -->)/s;

/** speed.json has every number, speed.svg shows them. */
export async function writeResults(folder, report) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "speed.json"), `${JSON.stringify(report, null, 1)}\n`);
  if (report.steps.length + report.growth.length > 0)
    writeFileSync(join(folder, "speed.svg"), await plot(report));
}

/** Puts the summary where README.md has its markers. */
export function writeReadme(report) {
  const text = readFileSync(README, "utf8");
  if (!BETWEEN_MARKERS.test(text))
    throw new Error("README.md has no lines <!-- bench --> and <!-- /bench -->");
  // A function, because text would be searched for patterns such as $1.
  writeFileSync(
    README,
    text.replace(BETWEEN_MARKERS, () => `${summary(report)}\n`),
  );
}
