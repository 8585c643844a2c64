/** One channel under two settings, side by side: the same seed, the same step, one player for both. */

import { make, write } from "../../dom/dom";
import type { ScopeElement } from "../../element/vgg-scope";
import { Latest } from "../../explorer/latest";
import { Player } from "../../explorer/player";
import type { Playhead } from "../../explorer/playhead";
import { type Beside, COMPARABLE, differing } from "../../settings/beside";
import {
  changed,
  FIELDS,
  labelOf,
  modelText,
  type SettingName,
  type Settings,
  writeSettings,
} from "../../settings/table";
import * as words from "../../words/compare";
import type { PageState } from "../base/state";
import { control, type SettingsStore } from "../settings/form";
import { BothCurves } from "./both-curves";
import { modelControl } from "./model-control";

/** After which there is more to tell of a side. */
const PROGRESS = ["vggscope-progress", "vggscope-state"] as const;
const NONE = new Float32Array();

export class Compare {
  readonly element = make("details", { className: "compare" });
  readonly #scope: ScopeElement;
  readonly #state: PageState;
  readonly #playhead: Playhead;
  readonly #own = make("canvas", {});
  readonly #ownWords = make("span", { className: "compare-words" });
  readonly #otherWords = make("span", { className: "compare-words" });
  readonly #ownTitle = make("span", {});
  readonly #otherTitle = make("span", {});
  readonly #other = make("div", { className: "compare-other" });
  readonly #hint = make("p", { className: "hint" });
  readonly #listeners: ((settings: Settings) => void)[] = [];
  readonly #pictures = new Latest<number>(
    (iteration) => this.#drawOwn(iteration),
    // What is not kept, or of a run that is gone by now, the close view itself tells of.
    () => undefined,
  );
  #curves: BothCurves | undefined;
  #told: { settings: Settings; beside: Beside | undefined } | undefined;
  #beside: ScopeElement | undefined;

  constructor(scope: ScopeElement, state: PageState, playhead: Playhead) {
    this.#scope = scope;
    this.#state = state;
    this.#playhead = playhead;
    this.element.append(make("summary", {}, words.sideBySide));
    this.element.addEventListener("toggle", () => this.#toggled());
    playhead.watch(() => this.#follow());
    for (const event of PROGRESS) scope.addEventListener(event, () => this.#tell());
    state.watch(() => this.#sync());
    state.watchView(() => this.#sync());
  }

  /** When it is first opened: until then nobody needs a second of every control. */
  #build(): void {
    if (this.#curves) return;
    const own = make("div", {}, this.#own, this.#ownWords);
    const other = make("div", {}, this.#other, this.#otherWords);
    this.#curves = new BothCurves((iteration) => this.#playhead.seek(iteration));
    const left = make("figure", {}, make("figcaption", {}, this.#ownTitle), own);
    const right = make("figure", {}, make("figcaption", {}, this.#otherTitle, this.#hint), other);
    const pictures = make("div", { className: "compare-pictures" }, left, right);
    const player = new Player(this.#playhead, words.stepOfBoth).element;
    const names = COMPARABLE.filter((name) => !isModel(name));
    const controls = names.map((name) => control(name, this.#store, "beside-"));
    const form = make(
      "form",
      { className: "settings", noValidate: true },
      ...controls,
      modelControl(this.#store),
    );
    form.addEventListener("submit", (event) => event.preventDefault());
    form.setAttribute("aria-label", words.settingsOfTheOther);
    this.element.append(pictures, player, this.#curves.element, form);
    this.#own.setAttribute("role", "img");
    this.#own.setAttribute("aria-label", words.nothingYet);
  }

  /** Where the controls write: to what differs. */
  get #store(): SettingsStore {
    return {
      watch: (listener) => {
        this.#listeners.push(listener);
      },
      change: (changes) => {
        const wanted: Beside = changed<Beside>(this.#state.view.beside ?? {}, changes);
        this.#state.rest({ beside: differing(wanted, this.#state.settings) });
      },
    };
  }

  /** Whoever opens or closes it changes the link, which opens and closes it too. */
  #toggled(): void {
    const { beside } = this.#state.view;
    if (this.element.open && beside === undefined) this.#state.rest({ beside: {} });
    if (!this.element.open && beside !== undefined) this.#state.rest({ beside: undefined });
  }

  #sync(): void {
    const { settings } = this.#state;
    const { channel, beside } = this.#state.view;
    if (beside !== undefined) this.#build();
    this.element.open = beside !== undefined;
    const different = beside && differing(beside, settings);
    const differs = different !== undefined && Object.keys(different).length > 0;
    this.#tellControls();
    write(this.#hint, differs ? "" : words.chooseWhatDiffers);
    const names = COMPARABLE.filter((name) => different?.[name] !== undefined);
    write(this.#ownTitle, names.length > 0 ? wordsOn(names, settings) : words.asOnThePage);
    write(this.#otherTitle, wordsOn(names, changed(settings, beside ?? {})));
    if (channel === undefined || !differs) this.#end();
    else this.#startRun(channel, different);
    this.#follow();
  }

  /** Only of changes: what is being typed is not theirs to take back. */
  #tellControls(): void {
    const { settings, view } = this.#state;
    if (this.#told?.settings === settings && this.#told.beside === view.beside) return;
    this.#told = { settings, beside: view.beside };
    for (const listener of this.#listeners) listener(changed(settings, view.beside ?? {}));
  }

  /** Attributes that stay as they are start nothing. */
  #startRun(channel: number, different: Beside): void {
    const { settings, file, picture } = this.#state;
    const other = this.#beside ?? this.#begin();
    const all = { ...changed(settings, different), channels: [channel] };
    for (const [key, text] of writeSettings(all)) other.setAttribute(key, text);
    const otherModel = different.model !== undefined || different.weights !== undefined;
    const weights = otherModel ? null : (file ?? null);
    if (other.file !== weights) other.file = weights;
    const start = different.startFrom === undefined ? picture : undefined;
    other.startImage = start?.at(settings.width, settings.height) ?? null;
    if (!other.isConnected) this.#other.append(other);
  }

  #begin(): ScopeElement {
    const other = make("vgg-scope", {}) as ScopeElement;
    other.setAttribute("controls", "none");
    other.setAttribute("loading", "eager");
    other.setAttribute("keep", "all");
    for (const event of PROGRESS) other.addEventListener(event, () => this.#tell());
    this.#beside = other;
    return other;
  }

  #end(): void {
    this.#beside?.remove();
    this.#beside = undefined;
  }

  /** Both sides show the iterate of the one playhead. */
  #follow(): void {
    const { channel, beside } = this.#state.view;
    if (channel === undefined || beside === undefined) return;
    const { position, wanted, ready } = this.#playhead;
    this.#beside?.show(wanted ?? Number.POSITIVE_INFINITY);
    if (ready) this.#pictures.ask(position);
    this.#tell();
  }

  /** The words under both pictures, and their curves, at the step shown. */
  #tell(): void {
    const { channel, beside } = this.#state.view;
    if (channel === undefined || beside === undefined) return;
    const { position, length } = this.#playhead;
    const records = [this.#scope.record, this.#beside?.record] as const;
    [this.#ownWords, this.#otherWords].forEach((place, side) => {
      const record = records[side];
      // The other side may not have come so far.
      const step = Math.min(position, record?.newest(channel) ?? 0);
      write(place, record ? words.place(step, record.at(channel, step)?.objective) : "");
    });
    const [own, other] = records.map((record) => record?.curves(channel)?.objective);
    this.#curves?.show([own ?? NONE, other ?? NONE], length, position);
  }

  async #drawOwn(iteration: number): Promise<void> {
    const { run } = this.#scope;
    const { channel } = this.#state.view;
    if (channel === undefined || !run) return;
    const { width, height } = this.#state.settings;
    const kept = await run.iterate(channel, iteration);
    if (run !== this.#scope.run || kept.rgba.length !== width * height * 4) return;
    Object.assign(this.#own, { width, height });
    const rgba = kept.rgba as Uint8ClampedArray<ArrayBuffer>;
    this.#own.getContext("2d")?.putImageData(new ImageData(rgba, width, height), 0, 0);
    this.#own.setAttribute("aria-label", words.ownImage(channel));
  }
}

/** Such as "Step rule: Adam". */
function wordsOn(names: readonly SettingName[], settings: Settings): string {
  const value = (name: SettingName) => (isModel(name) ? modelText(settings) : labelOf(name, settings));
  const label = (name: SettingName) => FIELDS[isModel(name) ? "model" : name].label;
  return words.settings(names.map((name) => words.setting(label(name), value(name))));
}

/** Either of the two settings that name a model. */
function isModel(name: SettingName): boolean {
  return name === "model" || name === "weights";
}
