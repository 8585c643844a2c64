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

interface Block {
  title: HTMLElement;
  name: string;
  layers: readonly string[];
}

/** Arrow keys walk through the layers; only where they come to rest is computed. */
const REST_MS = 250;

export class Layers {
  readonly #options = new Map<string, Option>();
  readonly #blocks: Block[] = [];
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
    for (const { name, channels, inModel } of model.layers) this.#mark(name, channels, inModel);
    for (const { title, name, layers } of this.#blocks) {
      const absent = layers.filter((layer) => this.#options.get(layer)?.radio.disabled);
      const which = absent.length === layers.length ? "" : `${absent.map(shortName).join(", ")} `;
      write(title, absent.length === 0 ? name : `${name}: ${which}not in this model`);
    }
  }

  #mark(name: string, channels: number, inModel: boolean): void {
    const option = this.#options.get(name);
    if (!option) return;
    option.radio.disabled = !inModel;
    option.radio.setAttribute("aria-label", inModel ? name : `${name}, not in this model`);
    option.label.classList.toggle("absent", !inModel);
    write(option.width, String(channels));
  }

  #block(block: string): HTMLElement {
    const name = block.replace("block", "block ");
    const title = make("span", { className: "block-title" }, name);
    const layers = CONVOLUTIONS.map((layer) => layer.name).filter((layer) => layer.startsWith(block));
    const options = layers.map((layer) => this.#option(layer));
    this.#blocks.push({ title, name, layers });
    return make("div", { className: "block" }, title, make("div", { className: "block-layers" }, ...options));
  }

  #option(layer: string): HTMLLabelElement {
    const radio = make("input", { type: "radio", name: "layer", value: layer });
    radio.setAttribute("aria-label", layer);
    radio.addEventListener("change", () => this.#choose(layer));
    const width = make("span", { className: "layer-width" }, String(channelsOf(layer)));
    const name = make("span", { className: "layer-name" }, shortName(layer));
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

function shortName(layer: string): string {
  return layer.slice("block1_".length);
}
