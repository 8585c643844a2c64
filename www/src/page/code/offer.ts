/** Shows the maths and the code of what is on screen, under the grid and under a channel seen closely. */
import type { ScopeElement } from "../../element/vgg-scope";
import type { ModelInfo } from "../../public/types";
import * as words from "../../words/code-fold";
import { byId, make, write } from "../dom";
import type { Explorer } from "../explorer/explore";
import type { PageState } from "../state";
import type { CodePanel, OnScreen } from "./panel";
import { weightsOf } from "./program";

/** What is shown from. */
export interface Desk {
  scope: ScopeElement;
  state: PageState;
  explorer: Explorer;
}

export function offerCode(desk: Desk): void {
  const { state, explorer } = desk;
  const grid = new Place(words.mathsAndCode, () => onScreen(desk, state.settings.channels));
  byId("code", HTMLElement).replaceWith(grid.element);
  const channel = new Place(words.mathsAndCodeOfChannel, () =>
    onScreen(desk, state.view.channel === undefined ? [] : [state.view.channel]),
  );
  explorer.extras.append(channel.element);
  for (const place of [grid, channel]) {
    state.watch(() => place.refresh());
    state.watchView(() => place.refresh());
    desk.scope.addEventListener("vggscope-state", () => place.refresh());
  }
}

/** A fold whose contents come with the first look. */
class Place {
  readonly element = make("details", { className: "code-place" });
  readonly #said = make("p", { className: "hint" });
  readonly #screen: () => OnScreen | undefined;
  #panel: CodePanel | undefined;

  constructor(title: string, screen: () => OnScreen | undefined) {
    this.#screen = screen;
    this.#said.setAttribute("role", "status");
    this.element.append(make("summary", {}, title), this.#said);
    this.element.addEventListener("toggle", () => void this.#opened());
  }

  refresh(): void {
    if (!this.element.open) return;
    const screen = this.#screen();
    if (screen) this.#panel?.show(screen);
  }

  async #opened(): Promise<void> {
    if (this.element.open && !this.#panel) await this.#load();
    this.refresh();
  }

  async #load(): Promise<void> {
    try {
      const { CodePanel } = await import("./panel");
      this.#panel ??= new CodePanel();
      this.element.append(this.#panel.element);
      write(this.#said, "");
    } catch {
      write(this.#said, words.notLoaded);
    }
  }
}

function onScreen({ scope, state, explorer }: Desk, channels: readonly number[]): OnScreen | undefined {
  if (channels.length === 0) return undefined;
  const { settings } = state;
  const model = scope.scope?.model;
  const address = new URL(document.baseURI);
  address.hash = state.linkTo({ channel: state.view.channel, iteration: state.view.iteration });
  const wanted = explorer.playhead.wanted ?? settings.iterations;
  const facts = {
    ...settings,
    channels,
    picture: state.picture?.name,
    downsampling: model?.layers.find(({ name }) => name === settings.layer)?.downsampling ?? 1,
    shown: Math.min(wanted, settings.iterations),
    link: address.href,
  };
  // Before the model is open, a folder's address is all there is to go by.
  const origin = (model?.origin ?? {
    kind: "folder",
    address: new URL(settings.weights, document.baseURI).href,
  }) as ModelInfo["origin"];
  return { facts, weights: (library) => weightsOf({ origin }, library) };
}
