/** Shows the maths and the code of what is on screen, under the grid and under a channel seen closely. */

import { byId, make, write } from "../../dom/dom";
import { failurePanel } from "../../dom/message-panel";
import type { ScopeElement } from "../../element/vgg-scope";
import { DEFAULT_MODEL } from "../../engine/catalogue/default-model";
import { browser } from "../../engine/platform";
import { loadPart } from "../../engine/site-version";
import type { ModelInfo } from "../../public/types";
import type { Settings } from "../../settings/table";
import type { ProgramKind } from "../../settings/view";
import * as words from "../../words/code-fold";
import type { PageState } from "../base/state";
import type { Explorer } from "../explorer/explore";
import type { CodePanel, ScreenProgram } from "./panel";
import { weightsOf } from "./program";

/** What is shown from. */
export interface CodeContext {
  scope: ScopeElement;
  state: PageState;
  explorer: Explorer;
}

export function offerCode(context: CodeContext): void {
  const { state, explorer } = context;
  const choose = (code: ProgramKind | undefined) => state.rest({ code });
  const grid = new CodeSection(words.mathsAndCode, choose, () => onScreen(context, state.settings.channels));
  byId("code", HTMLElement).replaceWith(grid.element);
  const channel = new CodeSection(words.mathsAndCodeOfChannel, choose, () =>
    onScreen(context, state.view.channel === undefined ? [] : [state.view.channel]),
  );
  explorer.extras.append(channel.element);
  state.watchView((view) => {
    grid.show(view.channel === undefined ? view.code : undefined);
    channel.show(view.channel === undefined ? undefined : view.code);
  });
  for (const section of [grid, channel]) {
    state.watch(() => section.refresh());
    context.scope.addEventListener("vggscope-state", () => section.refresh());
  }
}

/** A fold whose contents come with the first look. */
class CodeSection {
  readonly element = make("details", { className: "code-place" });
  readonly #said = make("div", { className: "hint" });
  readonly #choose: (code: ProgramKind | undefined) => void;
  readonly #screen: () => ScreenProgram | undefined;
  #panel: CodePanel | undefined;
  /** What the link says is shown here. */
  #code: ProgramKind | undefined;

  /** `choose` is told of what the reader wants to see here; undefined: nothing. */
  constructor(
    title: string,
    choose: (code: ProgramKind | undefined) => void,
    screen: () => ScreenProgram | undefined,
  ) {
    this.#choose = choose;
    this.#screen = screen;
    this.#said.setAttribute("role", "status");
    this.element.append(make("summary", {}, title), this.#said);
    this.element.addEventListener("toggle", () => void this.#opened());
  }

  show(code: ProgramKind | undefined): void {
    this.#code = code;
    this.element.open = code !== undefined;
    this.refresh();
  }

  refresh(): void {
    if (!this.#code) return;
    const screen = this.#screen();
    if (screen) this.#panel?.show(screen, this.#code);
  }

  async #opened(): Promise<void> {
    const { open } = this.element;
    if (open !== (this.#code !== undefined)) this.#choose(open ? (this.#panel?.code ?? "r") : undefined);
    if (this.element.open && !this.#panel) await this.#load();
    this.refresh();
  }

  async #load(): Promise<void> {
    try {
      const { CodePanel } = await loadPart(() => import("./panel"), words.notLoaded);
      this.#panel ??= new CodePanel(this.#choose);
      this.element.append(this.#panel.element);
      write(this.#said, "");
    } catch (error) {
      this.#said.replaceChildren(failurePanel(words.noCode, error));
    }
  }
}

function onScreen(
  { scope, state, explorer }: CodeContext,
  channels: readonly number[],
): ScreenProgram | undefined {
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
  const from = model ?? notOpen(settings);
  return from && { facts, weights: (library) => weightsOf(from, library) };
}

/** Before the model is open, a folder's address is all there is to go by; what the catalogue's others are is not known yet. */
function notOpen({ model, weights }: Settings): Pick<ModelInfo, "origin" | "source"> | undefined {
  const address = weights ?? (model === DEFAULT_MODEL.id ? DEFAULT_MODEL.sources[0] : undefined);
  if (address === undefined) return undefined;
  const base = weights === undefined ? browser.siteRoot : document.baseURI;
  const origin = { kind: "folder", address: new URL(address, base).href } as ModelInfo["origin"];
  return { origin, source: "" };
}
