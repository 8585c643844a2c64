/**
 * Eleven runs on the CPU, over models, layers, step rules, scalings and sizes, give the bytes that they always gave: wasm without
 * relaxed SIMD rounds alike on every machine. A change of the kernels may round differently if every golden test holds; then
 * these digests are taken anew, and the change says so.
 */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { AscendOptions } from "../../www/src/vggscope";
import { stage } from "./support/fixture";
import { LabPage } from "./support/lab";

/** Of each iterate, as channel and iteration: the first 24 digits of SHA-256 of its picture's bytes, and of its exact values'. */
interface Recorded extends AscendOptions {
  weights: "demo" | "untrained";
  digests: Record<string, [picture: string, pixels: string]>;
}

const RUNS: Recorded[] = JSON.parse(
  readFileSync(new URL("../reference/same-bytes.json", import.meta.url), "utf8"),
);
const set = stage();

/** Runs in the page. */
async function digestsOf({ digests: _digests, weights, ...ascent }: Recorded): Promise<Recorded["digests"]> {
  const { Vggscope } = inPage.library;
  const scope = await Vggscope.open({ weights: `/weights/${weights}/`, backend: "cpu" });
  const digest = async ({ buffer, byteOffset, byteLength }: Uint8ClampedArray | Float32Array) => {
    const bytes = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
    const found = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(found.subarray(0, 12), (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  const found: Recorded["digests"] = {};
  for await (const iterate of scope.ascend(ascent)) {
    const { channel, iteration, rgba } = iterate;
    found[`${channel}/${iteration}`] = [await digest(rgba), await digest(await iterate.pixels())];
  }
  scope.close();
  return found;
}

it.each(
  RUNS.map(
    (run) => [`${run.weights}, ${run.layer}, ${run.step}, ${run.preprocessing}, ${run.width}`, run] as const,
  ),
)("%s", async (_, run) => {
  const lab = await LabPage.open(set);
  expect(await lab.page.evaluate(digestsOf, run)).toEqual(run.digests);
  await lab.close();
});
