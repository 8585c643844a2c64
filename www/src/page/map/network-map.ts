/**
 * The network as a map, and the choice of layer in it: 13 convolutions and 5 poolings in their five blocks, each drawn as
 * high as its map has rows and as wide as it has channels.
 */

import { channelsOf, LAYERS } from "../../basics/vgg16";
import { byId, make, write } from "../../dom/dom";
import type { EngineInfo, ModelInfo, RunProgress } from "../../public/types";
import { FIELDS } from "../../settings/table";
import type { MapLayer } from "../../words/map";
import * as words from "../../words/map";
import type { PageState } from "../base/state";
import { cachedLayers } from "./cached-layers";
import { Cell } from "./cell";
import { downloadOf, operationsOf, positionsOf } from "./cost";

interface Block {
  title: HTMLElement;
  name: string;
  layers: readonly string[];
}

/** Arrow keys walk through the layers; only where they come to rest is computed. */
const REST_MS = 250;

export class NetworkMap {
  readonly #cells = new Map<string, Cell>();
  readonly #blocks: Block[] = [];
  readonly #about = make("p", { className: "layer-about" });
  readonly #chosen = byId("layer-chosen", HTMLElement);
  readonly #state: PageState;
  #layers: readonly MapLayer[] = LAYERS.map((layer) => ({
    ...layer,
    bytes: 0,
    inModel: true,
    loaded: false,
  }));
  #model: ModelInfo | undefined;
  #cached: ReadonlySet<string> = new Set();
  #speed: number | undefined;
  /** The layer under the pointer, or with the focus. */
  #pointed: string | undefined;
  #resting: ReturnType<typeof setTimeout> | undefined;

  constructor(fieldset: HTMLFieldSetElement, state: PageState) {
    this.#state = state;
    const blocks = [...new Set(LAYERS.map(({ name }) => name.slice(0, "block1".length)))];
    fieldset.append(
      make("div", { className: "blocks" }, ...blocks.map((block) => this.#block(block))),
      this.#about,
    );
    fieldset.addEventListener("pointerover", ({ target }) => this.#point(target));
    fieldset.addEventListener("pointerleave", () => this.#point(null));
    fieldset.addEventListener("focusin", ({ target }) => this.#point(target));
    fieldset.addEventListener("focusout", () => this.#point(null));
    state.watch(({ layer }) => {
      clearTimeout(this.#resting);
      const cell = this.#cells.get(layer);
      if (cell) cell.radio.checked = true;
      write(this.#chosen, layer);
      this.#show();
    });
  }

  /** Learns what the open model has and what of it is loaded. */
  showModel({ model }: EngineInfo): void {
    this.#model = model;
    this.#layers = model.layers;
    this.#show();
    void cachedLayers(model).then((kept) => {
      if (this.#model !== model) return;
      this.#cached = kept;
      this.#show();
    });
  }

  /** Learns from a climb how fast this machine is. */
  showProgress({ done, total, secondsLeft }: RunProgress): void {
    // The first estimates are rough, and nothing is left to go by at the end.
    if (secondsLeft === undefined || done < total / 20 || done >= total) return;
    const { layer, width, height } = this.#state.settings;
    const operations = operationsOf(layer, this.#layers, { width, height }) * (total - done);
    const known = this.#speed !== undefined;
    this.#speed = operations / secondsLeft;
    if (!known) this.#show();
  }

  #show(): void {
    const kept = this.#cached;
    for (const layer of this.#layers) {
      const download = this.#model && downloadOf(layer.name, this.#layers, kept);
      this.#cells.get(layer.name)?.show(layer, download, this.#wordsOn(layer));
    }
    for (const { title, name, layers } of this.#blocks) {
      const absent = this.#layers.filter((layer) => layers.includes(layer.name) && !layer.inModel);
      const names = absent.map((layer) => layer.name);
      const lacking = () => words.blockLacking(name, names, names.length === layers.length);
      write(title, names.length === 0 ? name : lacking());
    }
    this.#showAbout();
  }

  #showAbout(): void {
    const name = this.#pointed ?? this.#state.settings.layer;
    const layer = this.#layers.find((candidate) => candidate.name === name);
    if (layer) write(this.#about, this.#wordsOn(layer));
  }

  #wordsOn(layer: MapLayer): string {
    const { width, height, channels } = this.#state.settings;
    const size = { width, height };
    return words.aboutLayer({
      layer,
      size,
      positions: positionsOf(layer, size),
      operations: operationsOf(layer.name, this.#layers, size),
      count: channels.length,
      download: this.#model && downloadOf(layer.name, this.#layers, this.#cached),
      origin: this.#model?.origin,
      speed: this.#speed,
    });
  }

  #point(target: EventTarget | null): void {
    const label = target instanceof Element ? target.closest("label.layer") : null;
    this.#pointed = label?.querySelector("input")?.value;
    this.#showAbout();
  }

  #block(block: string): HTMLElement {
    const name = words.blockName(block);
    const title = make("span", { className: "block-title" }, name);
    const layers = this.#layers.filter((layer) => layer.name.startsWith(block));
    this.#blocks.push({ title, name, layers: layers.map((layer) => layer.name) });
    const cells = layers.map((layer) => this.#cell(layer));
    return make("div", { className: "block" }, title, make("div", { className: "block-layers" }, ...cells));
  }

  #cell(layer: MapLayer): HTMLElement {
    const cell = new Cell(layer);
    cell.radio.addEventListener("change", () => this.#choose(layer.name));
    this.#cells.set(layer.name, cell);
    return cell.element;
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
