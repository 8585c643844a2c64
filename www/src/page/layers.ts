/** The choice of layer: the thirteen convolutions in their five blocks, those that the model lacks marked. */
import type { EngineInfo } from "../public/types";
import { FIELDS } from "../settings/table";
import { CONVOLUTIONS, channelsOf } from "../settings/vgg16";
import { make, write } from "./dom";
import type { PageState } from "./state";

interface Option {
  radio: HTMLInputElement;
  label: HTMLLabelElement;
  width: HTMLElement;
}

/** Arrow keys walk through the layers; only where they come to rest is computed. */
const REST_MS = 250;

export class Layers {
  readonly #options = new Map<string, Option>();
  readonly #state: PageState;
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(fieldset: HTMLFieldSetElement, state: PageState) {
    this.#state = state;
    const blocks = new Set(CONVOLUTIONS.map(({ name }) => name.slice(0, "block1".length)));
    fieldset.append(make("div", { className: "blocks" }, ...[...blocks].map((block) => this.#block(block))));
    state.watch(({ layer }) => {
      clearTimeout(this.#resting);
      const option = this.#options.get(layer);
      if (option) option.radio.checked = true;
    });
  }

  /** Marks what the open model lacks, and shows its own widths. */
  showModel({ model }: EngineInfo): void {
    for (const { name, channels, inModel } of model.layers) {
      const option = this.#options.get(name);
      if (!option) continue;
      option.radio.disabled = !inModel;
      write(option.width, inModel ? `${channels}` : "not in this model");
      option.label.classList.toggle("absent", !inModel);
    }
  }

  #block(block: string): HTMLElement {
    const title = make("span", { className: "block-title" }, block.replace("block", "block "));
    const layers = CONVOLUTIONS.filter(({ name }) => name.startsWith(block));
    const options = layers.map(({ name }) => this.#option(name));
    return make("div", { className: "block" }, title, make("div", { className: "block-layers" }, ...options));
  }

  #option(layer: string): HTMLLabelElement {
    const radio = make("input", { type: "radio", name: "layer", value: layer });
    radio.setAttribute("aria-label", layer);
    radio.addEventListener("change", () => this.#choose(layer));
    const width = make("span", { className: "layer-width" }, String(channelsOf(layer)));
    const name = make("span", { className: "layer-name" }, layer.slice("block1_".length));
    const label = make("label", { className: "layer", title: layer }, radio, name, width);
    this.#options.set(layer, { radio, label, width });
    return label;
  }

  #choose(layer: string): void {
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      const { channels } = this.#state.settings;
      const fits = channels.every((channel) => channel < channelsOf(layer));
      this.#state.change({ layer, ...(!fits && { channels: FIELDS.channels.initial }) });
    }, REST_MS);
  }
}
