/** The bar's word for the model that is chosen. Names other than the default's come with the catalogue. */

import { byId, write } from "../../dom/dom";
import { addressesOf } from "../../engine/catalogue/addresses";
import { DEFAULT_MODEL, type OpenedEntry } from "../../engine/catalogue/default-model";
import { modelText } from "../../settings/table";
import * as words from "../../words/model";
import type { PageState } from "../base/state";

type Named = Pick<OpenedEntry, "id" | "name" | "sources">;

export class ChosenModel {
  readonly #place = byId("model-chosen", HTMLElement);
  readonly #state: PageState;
  /** By id, and by the address of what comes from beside the site: older links have that. */
  readonly #names = new Map<string, string>();

  constructor(state: PageState) {
    this.#state = state;
    this.#add(DEFAULT_MODEL);
    state.watch(() => this.#show());
  }

  learn(models: readonly Named[]): void {
    for (const model of models) this.#add(model);
    this.#show();
  }

  #add(model: Named): void {
    this.#names.set(model.id, model.name);
    for (const { href } of addressesOf(model)) this.#names.set(href, model.name);
  }

  #show(): void {
    const { settings, file } = this.#state;
    const { model, weights } = settings;
    const known = this.#names.get(model ?? new URL(weights ?? "", document.baseURI).href);
    write(this.#place, file?.name ?? known ?? words.lastPart(modelText(settings)));
  }
}
