/** What this browser keeps of weights, and a way to be rid of it. */
import { Vggscope } from "../api/vggscope";
import { byId, write } from "../dom/dom";
import * as words from "../words/model";

export class CacheLine {
  readonly #line = byId("cache-line", HTMLElement);
  readonly #said = byId("cache-said", HTMLElement);

  constructor() {
    byId("clear-cache", HTMLButtonElement).addEventListener("click", () => void this.#clear());
    void this.refresh();
  }

  async refresh(): Promise<void> {
    const { bytes, files } = await Vggscope.cachedWeights();
    write(this.#line, words.cached(bytes, files, isSecureContext));
  }

  async #clear(): Promise<void> {
    const before = await Vggscope.cachedWeights();
    await Vggscope.clearCachedWeights();
    await this.refresh();
    write(this.#said, words.cleared(before.files > 0 ? before.bytes : undefined));
  }
}
