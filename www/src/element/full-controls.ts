/** The player and the close view of an element, whose code comes when they are first asked for. */
import { loadPart } from "../engine/site-version";
import type { Settings } from "../settings/table";
import * as words from "../words/element";
import type { EmbeddedExplorer, Explorable } from "./embedded";

export class FullControls {
  readonly #scope: Explorable;
  /** They stand before it. */
  readonly #pictures: Element;
  #explorer: EmbeddedExplorer | undefined;

  constructor(scope: Explorable, pictures: Element) {
    this.#scope = scope;
    this.#pictures = pictures;
  }

  /** For a new run, shown at this iterate or at its newest. */
  async begin(settings: Settings, iteration: number | undefined): Promise<void> {
    if (!this.#explorer) {
      const load = () => import("./embedded");
      const { EmbeddedExplorer } = await loadPart(load, words.controlsNotLoaded);
      this.#explorer ??= new EmbeddedExplorer(this.#scope, settings);
    }
    this.#explorer.begin(settings, iteration);
    if (!this.#explorer.element.isConnected) this.#pictures.before(this.#explorer.element);
  }

  /** For a run without them. */
  end(): void {
    this.#explorer?.end();
  }
}
