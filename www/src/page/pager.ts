/** Channels by pages of forty. */

import { channelsOf } from "../basics/vgg16";
import { byId, make, write } from "../dom/dom";
import type { EngineInfo } from "../public/types";
import { formatChannels } from "../settings/channels";
import { PAGE, type Settings } from "../settings/table";
import * as words from "../words/page";
import type { PageState } from "./base/state";

export class Pager {
  readonly #shown = make("span", {});
  readonly #total = make("span", { className: "total" });
  readonly #previous = byId("previous", HTMLButtonElement);
  readonly #next = byId("next", HTMLButtonElement);
  readonly #state: PageState;
  #widths = new Map<string, number>();

  constructor(state: PageState) {
    this.#state = state;
    byId("page-of", HTMLElement).append(this.#shown, this.#total);
    this.#previous.addEventListener("click", () => this.#turn(-1));
    this.#next.addEventListener("click", () => this.#turn(1));
    state.watch((settings) => this.#show(settings));
  }

  /** Learns the model's own widths. */
  showModel({ model }: EngineInfo): void {
    this.#widths = new Map(model.layers.map(({ name, channels }) => [name, channels]));
    this.#show(this.#state.settings);
  }

  #show(settings: Settings): void {
    const { page, pages, total } = this.#place(settings);
    write(this.#shown, words.channelsShown(formatChannels(settings.channels)));
    write(this.#total, words.ofAll(total));
    this.#previous.disabled = page === 0;
    this.#next.disabled = page >= pages - 1;
  }

  /** Goes to a neighbour of the page that the first channel is on. */
  #turn(by: number): void {
    const { page, pages, total } = this.#place(this.#state.settings);
    const first = Math.min(Math.max(0, page + by), pages - 1) * PAGE;
    const count = Math.min(PAGE, total - first);
    this.#state.change({ channels: Array.from({ length: count }, (_, offset) => first + offset) });
  }

  #place({ layer, channels }: Settings): { page: number; pages: number; total: number } {
    const total = this.#widths.get(layer) ?? channelsOf(layer);
    return { page: Math.floor((channels[0] ?? 0) / PAGE), pages: Math.ceil(total / PAGE), total };
  }
}
