/** Sets of settings with a name. A preset leaves model, layer and channels as they are. */

import { byId, write } from "../../dom/dom";
import type { Preprocessing } from "../../public/types";
import { initialSettings, type Settings, writeSettings } from "../../settings/table";
import * as words from "../../words/presets";
import type { PageState } from "../base/state";

/** What a preset sets, for a model that expects this input scaling. */
type Preset = (expected: Preprocessing) => Partial<Settings>;

/** By the id of its button. */
const PRESETS = {
  "as-in-notes": () => {
    const {
      model: _model,
      weights: _weights,
      network: _network,
      layer: _layer,
      channels: _channels,
      backend: _backend,
      ...notes
    } = initialSettings();
    return notes;
  },
  "keras-example": (expected) => ({
    width: 180,
    height: 180,
    iterations: 30,
    learningRate: 10,
    step: "l2",
    preprocessing: expected,
    startFrom: "noise",
  }),
} as const satisfies Record<string, Preset>;

export class Presets {
  readonly #state: PageState;
  readonly #chosen = byId("recipe-chosen", HTMLElement);
  #expected: Preprocessing = "none";

  constructor(state: PageState) {
    this.#state = state;
    for (const [id, preset] of Object.entries<Preset>(PRESETS))
      byId(id, HTMLButtonElement).addEventListener("click", () => state.change(preset(this.#expected)));
    state.watch(() => this.#show());
  }

  /** Learns which input scaling the open model expects. */
  showModel(expected: Preprocessing): void {
    this.#expected = expected;
    this.#show();
  }

  #show(): void {
    const { settings, picture } = this.#state;
    const now = writeSettings(settings);
    let chosen = words.own;
    for (const [id, preset] of Object.entries<Preset>(PRESETS)) {
      const wanted = writeSettings({ ...settings, ...preset(this.#expected) });
      const same = !picture && [...wanted].every(([key, text]) => now.get(key) === text);
      const button = byId(id, HTMLButtonElement);
      button.setAttribute("aria-pressed", String(same));
      if (same) chosen = button.textContent;
    }
    write(this.#chosen, chosen);
  }
}
