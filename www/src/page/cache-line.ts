/** What this browser keeps of weights, and a way to be rid of it. */

import type { CachedWeights } from "../public/types";
import { Vggscope } from "../public/vggscope";
import { formatBytes } from "../words/numbers";
import { byId, write } from "./dom";

export class CacheLine {
  readonly #line = byId("cache-line", HTMLElement);
  readonly #said = byId("cache-said", HTMLElement);

  constructor() {
    byId("clear-cache", HTMLButtonElement).addEventListener("click", () => void this.#clear());
    void this.refresh();
  }

  async refresh(): Promise<void> {
    write(this.#line, `Cached weights: ${wordsFor(await Vggscope.cachedWeights())}`);
  }

  async #clear(): Promise<void> {
    const before = await Vggscope.cachedWeights();
    await Vggscope.clearCachedWeights();
    await this.refresh();
    const cleared =
      before.files > 0 ? `Cleared ${formatBytes(before.bytes)}.` : "There was nothing to clear.";
    write(
      this.#said,
      `${cleared} What is on the screen stays; weights are fetched again when they are needed.`,
    );
  }
}

function wordsFor({ bytes, files }: CachedWeights): string {
  if (files === 0) return isSecureContext ? "none" : "none, since browsers keep them for https pages only";
  return `${formatBytes(bytes)} in ${files} ${files === 1 ? "file" : "files"}`;
}
