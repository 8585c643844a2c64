/** Every channel of the chosen layer within reach: its pages as links, and one channel by its number. */

import { channelsOf } from "../../basics/vgg16";
import { make, write } from "../../dom/dom";
import type { EngineInfo } from "../../public/types";
import { PAGE } from "../../settings/table";
import { WHOLE_GRID } from "../../settings/view";
import * as words from "../../words/map";
import type { PageState } from "../base/state";

export class ChannelPages {
  readonly #state: PageState;
  readonly #pages = make("ul", { className: "reach-pages" });
  readonly #label = make("label", { htmlFor: "reach-channel" });
  readonly #input = make("input", {
    id: "reach-channel",
    type: "text",
    inputMode: "numeric",
    autocomplete: "off",
  });
  readonly #error = make("p", { id: "reach-error", className: "field-error" });
  #widths = new Map<string, number>();

  constructor(place: HTMLElement, state: PageState) {
    this.#state = state;
    this.#pages.setAttribute("role", "list");
    this.#error.setAttribute("role", "alert");
    this.#input.setAttribute("aria-describedby", this.#error.id);
    const open = make("button", { type: "submit" }, words.go);
    const form = make("form", { className: "reach-form", noValidate: true }, this.#label, this.#input, open);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#open();
    });
    const element = make("nav", { className: "reach" }, this.#pages, form, this.#error);
    element.setAttribute("aria-label", words.channelsOfLayer);
    place.replaceWith(element);
    state.watch(() => this.#show());
  }

  /** Learns the model's own widths. */
  showModel({ model }: EngineInfo): void {
    this.#widths = new Map(model.layers.map(({ name, channels }) => [name, channels]));
    this.#show();
  }

  get #total(): number {
    const { layer } = this.#state.settings;
    return this.#widths.get(layer) ?? channelsOf(layer);
  }

  #show(): void {
    const { channels, layer } = this.#state.settings;
    const shown = String(channels);
    const pages = Array.from({ length: Math.ceil(this.#total / PAGE) }, (_, page) =>
      pageOf(page * PAGE, this.#total),
    );
    this.#pages.replaceChildren(...pages.map((page) => this.#page(page, String(page) === shown)));
    write(this.#label, words.oneChannelOf(layer, this.#total - 1));
    this.#complain("");
  }

  #page(page: readonly number[], current: boolean): HTMLElement {
    const [first, last] = [page[0] ?? 0, page.at(-1) ?? 0];
    const link = make(
      "a",
      { href: this.#state.linkTo(WHOLE_GRID, { channels: page }) },
      words.pageOfChannels(first, last),
    );
    if (current) link.setAttribute("aria-current", "page");
    return make("li", {}, link);
  }

  /** Shows the channel's page, with the channel seen closely. */
  #open(): void {
    const text = this.#input.value.trim();
    const channel = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(channel < this.#total)) {
      this.#complain(words.noChannel(text, this.#total - 1));
      this.#input.focus();
      return;
    }
    this.#complain("");
    const channels = pageOf(channel - (channel % PAGE), this.#total);
    if (this.#state.settings.channels.includes(channel)) this.#state.look({ channel });
    else this.#state.change({ channels }, { ...WHOLE_GRID, channel });
  }

  #complain(message: string): void {
    this.#input.setAttribute("aria-invalid", String(message !== ""));
    write(this.#error, message);
  }
}

function pageOf(first: number, total: number): number[] {
  return Array.from({ length: Math.min(PAGE, total - first) }, (_, offset) => first + offset);
}
