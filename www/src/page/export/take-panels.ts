/** Ties what is on screen to the panels that take it away: one for the grid, one for the open channel. */

import { byId, make } from "../../dom/dom";
import type { ScopeElement } from "../../element/vgg-scope";
import { loadPart } from "../../engine/site-version";
import { VggscopeError } from "../../public/errors";
import { modelText } from "../../settings/table";
import type { View } from "../../settings/view";
import { fileNotInLink } from "../../words/open-model";
import { pictureNotInLink } from "../../words/start-picture";
import * as words from "../../words/take";
import type { PageState } from "../base/state";
import type { Explorer } from "../explorer/explore";
import { objectivesCsv } from "./csv";
import type { Exported, Watch } from "./make";
import { captionOf, fileName } from "./naming";
import { TakePanel, type TakeSource } from "./panel";
import { KEYWORD, writeStateFile } from "./state-file";

/** Everything on the page that files are made from. */
export interface ExportContext {
  scope: ScopeElement;
  state: PageState;
  explorer: Explorer;
}

/** `open` does with a file what dropping it does. */
export function offerExports(context: ExportContext, open: (file: File) => void): void {
  const { scope, state, explorer } = context;
  const grid = new TakePanel(
    words.takeItWithYou,
    new ScreenSource(context, () => state.settings.channels),
    restorer(open),
  );
  const channel = new TakePanel(
    words.takeThisChannelWithYou,
    new ScreenSource(context, () => (state.view.channel === undefined ? [] : [state.view.channel])),
  );
  byId("take", HTMLElement).replaceWith(grid.element);
  explorer.extras.append(channel.element);
  for (const panel of [grid, channel]) {
    explorer.playhead.watch(() => panel.refresh());
    state.watch(() => panel.refresh());
    state.watchView(() => panel.refresh());
    scope.addEventListener("vggscope-state", ({ detail }) => {
      if (detail === "loading") panel.interrupt(words.startedAfresh);
      panel.refresh();
    });
  }
}

/** What dropping does, for those who choose files. */
function restorer(open: (file: File) => void): HTMLElement {
  const input = make("input", {
    type: "file",
    accept: ".png,.json,image/png,application/json",
    hidden: true,
  });
  const button = make("button", { type: "button" }, words.restoreFromFile);
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    if (file) open(file);
    // The same file chosen again is a change too.
    input.value = "";
  });
  return make("div", {}, button, input);
}

class ScreenSource implements TakeSource {
  readonly #context: ExportContext;
  readonly #channels: () => readonly number[];

  constructor(context: ExportContext, channels: () => readonly number[]) {
    this.#context = context;
    this.#channels = channels;
  }

  get ready(): boolean {
    return this.#context.explorer.playhead.ready;
  }

  link(): string {
    const { state, explorer } = this.#context;
    const address = new URL(document.baseURI);
    address.hash = state.linkTo({ channel: state.view.channel, iteration: explorer.playhead.wanted });
    return address.href;
  }

  linkHint(): string {
    const { settings, file, picture } = this.#context.state;
    const lacking = [
      file && fileNotInLink(file.name, modelText(settings)),
      picture && pictureNotInLink(picture.name, settings.startFrom),
    ];
    return lacking.filter(Boolean).join(" ");
  }

  arraysHint(): string {
    const { width, height } = this.#context.state.settings;
    const bytes = this.#channels().length * this.#context.explorer.playhead.reached * width * height * 12;
    return words.numbersHint(bytes);
  }

  async make(kind: words.FileKind, watch: Watch): Promise<{ name: string; file: Blob }> {
    const { settings } = this.#context.state;
    const channels = this.#channels();
    const { position } = this.#context.explorer.playhead;
    const name = fileName(settings, channels, `.${kind}`, kind === "png" ? position : undefined);
    return { name, file: await this.#file(kind, channels, watch) };
  }

  async #file(kind: words.FileKind, channels: readonly number[], watch: Watch): Promise<Blob> {
    const { scope, explorer } = this.#context;
    const { position, reached, every, wanted } = explorer.playhead;
    if (kind === "json") return new Blob([this.#stateFile(wanted)], { type: "application/json" });
    if (kind === "csv") return new Blob([objectivesCsv(scope.record, channels)], { type: "text/csv" });
    const what = this.#exported(channels);
    // With the first export, not with the page.
    const make = await loadPart(() => import("./make"), words.writersNotLoaded);
    // A new climb may have begun meanwhile.
    watch.signal.throwIfAborted();
    if (kind === "png") return make.makePicture(what, position, watch);
    if (kind === "npz") return make.makeArrays(what, reached, watch);
    return make.makeAnimation(what, { kind, reached, every }, watch);
  }

  #exported(channels: readonly number[]): Exported {
    const { scope, state, explorer } = this.#context;
    const { run, record } = scope;
    if (!run) throw new VggscopeError("iterate-not-kept", words.noPictures);
    const { settings, picture } = state;
    const { position } = explorer.playhead;
    const caption = captionOf(settings, channels, { model: scope.scope?.model.name, picture: picture?.name });
    const texts = {
      Software: "vggscope",
      Description: caption,
      // A picture shows one step, even where the page would go on to the newest.
      [KEYWORD]: this.#stateFile(position === settings.iterations ? undefined : position),
    };
    return { run, record, settings, channels, caption, texts };
  }

  #stateFile(iteration: number | undefined): string {
    const { scope, state } = this.#context;
    const view: View = { channel: state.view.channel, iteration };
    const address = new URL(document.baseURI);
    address.hash = state.linkTo(view);
    const info = scope.scope?.model;
    const model = info && { name: info.name, licence: info.licence, source: info.source };
    const { settings, file, picture } = state;
    return writeStateFile(settings, view, { link: address.href, model, file: file?.name, picture });
  }
}
