/** One layer in the map: its shape to scale, its name and width, and what choosing it would fetch. */

import { make, write } from "../../dom/dom";
import type { MapLayer } from "../../words/map";
import * as words from "../../words/map";

export class Cell {
  readonly element = make("label", { className: "layer" });
  readonly radio = make("input", { type: "radio", name: "layer" });
  readonly #shape = make("span", { className: "layer-shape" });
  readonly #width = make("span", { className: "layer-width" });
  readonly #weights = make("span", { className: "layer-weights" });

  constructor(layer: MapLayer) {
    const { name, kind, downsampling } = layer;
    this.radio.value = name;
    this.element.dataset.kind = kind;
    this.element.style.setProperty("--downsampling", String(downsampling));
    const room = make("span", { className: "layer-room" }, this.#shape);
    const title = make("span", { className: "layer-name" }, words.shortName(name));
    this.element.append(this.radio, room, title, this.#width, this.#weights);
  }

  /** `download` is what choosing the layer fetches; `about` says all of it in words. */
  show({ name, channels, inModel, loaded }: MapLayer, download: number | undefined, about: string): void {
    this.radio.disabled = !inModel;
    this.radio.setAttribute("aria-label", words.cell(name, inModel));
    this.radio.setAttribute("aria-description", about);
    this.element.title = about;
    this.element.classList.toggle("absent", !inModel);
    this.element.toggleAttribute("data-loaded", loaded);
    this.element.style.setProperty("--channels", String(channels));
    write(this.#width, String(channels));
    write(this.#weights, words.weightsInCell(inModel, loaded, download));
  }
}
