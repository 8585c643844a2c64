/** The custom element: attributes in, a grid that climbs, events out. */

import type { VggScopeElement } from "../api/element";
import type { Vggscope } from "../api/vggscope";
import { macrotask } from "../basics/macrotask";
import { keepKeys } from "../dom/keys";
import { ShownWidth } from "../dom/shown-width";
import { asVggscopeError } from "../engine/shared/failure";
import type { RunRecord } from "../explorer/record";
import type { VggscopeError } from "../public/errors";
import type {
  AscendOptions,
  IterateFacts,
  OpenOptions,
  Run,
  RunProgress,
  ScopeState,
  VggScopeEventMap,
  WeightProgress,
} from "../public/types";
import { GREY, type Settings } from "../settings/table";
import * as words from "../words/element";
import * as movement from "../words/movement";
import { Attention } from "./attention";
import { ATTRIBUTES, type Attributes, changesPaused, changesRun, readAttributes } from "./attributes";
import { BasicControls, isBusy } from "./basic-controls";
import { FullControls } from "./full-controls";
import { Grid } from "./grid";
import { Messages } from "./messages";
import { adviceOn, hardlyMoved } from "./movement";
import { Pace } from "./pace";
import { Poster } from "./poster";
import { isScarce } from "./scarcity";
import { ScopeHolder } from "./scope-holder";
import { SettingsElement } from "./settings-element";
import { sameWeights, type Wanted } from "./shared-scopes";
import { adoptStyles } from "./styles";
import type { TileLink } from "./tile";
import { WhenNear } from "./when-near";

/** Words under moving pictures change at most this often: nobody reads faster, and laying them out costs frames. */
const WORDS_MS = 250;

/** The element as this site's own page uses it: with its events' types, and with what is not public. */
export type ScopeElement = VggScopeElement & VggScope;

type Detail<K extends keyof VggScopeEventMap> = VggScopeEventMap[K]["detail"];

export class VggScope extends SettingsElement implements VggScopeElement {
  static readonly observedAttributes = ATTRIBUTES;

  /** Where a channel is seen close up, for pages that have such a place; tiles of later runs are links to it. */
  tileLink: TileLink | undefined;

  readonly #grid = new Grid();
  readonly #poster = new Poster();
  readonly #whenNear = new WhenNear();
  readonly #attention = new Attention();
  readonly #shownWidth = new ShownWidth();
  readonly #full = new FullControls(this, this.#grid.element);
  readonly #messages = new Messages({
    retry: () => this.start(),
    downloadAll: () => this.#downloadAll(),
  });
  readonly #controls = new BasicControls(() => (isBusy(this.#state) ? this.stop() : this.start()));
  readonly #holder = new ScopeHolder((progress) => this.#showWeights(progress));
  #file: File | Blob | null = null;
  #startImage: Float32Array | null = null;
  #allowFullDownload = false;
  /** The weights whose full download the reader agreed to. */
  #agreed: OpenOptions["weights"];
  #state: ScopeState = "loading";
  #run: Run<IterateFacts> | undefined;
  #shown = Number.POSITIVE_INFINITY;
  #pace: Pace | undefined;
  /** What the run goes by now. */
  #rule: Pick<Settings, "learningRate" | "step"> | undefined;
  #frame = 0;
  #wordsAt = Number.NEGATIVE_INFINITY;
  /** Counts starts: what belongs to an earlier one is no longer shown. */
  #starts = 0;
  #startPending = false;
  /** Whether the element has been near the screen, or was told to start. */
  #near = false;

  get state(): ScopeState {
    return this.#state;
  }

  get scope(): Vggscope | undefined {
    return this.#holder.scope;
  }

  get run(): Run<IterateFacts> | undefined {
    return this.#run;
  }

  /** What the run has told of its iterates so far. */
  get record(): RunRecord {
    return this.#grid.record;
  }

  get file(): File | Blob | null {
    return this.#file;
  }

  set file(file: File | Blob | null) {
    this.#file = file;
    if (this.isConnected) this.#startSoon();
  }

  get startImage(): Float32Array | null {
    return this.#startImage;
  }

  set startImage(image: Float32Array | null) {
    if (image === this.#startImage) return;
    this.#startImage = image;
    if (this.isConnected) this.#startSoon();
  }

  get allowFullDownload(): boolean {
    return this.#allowFullDownload;
  }

  set allowFullDownload(allowed: boolean) {
    this.#allowFullDownload = allowed;
    if (this.isConnected) this.#startSoon();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    adoptStyles(this.getRootNode());
    keepKeys(this);
    if (!this.contains(this.#grid.element)) this.#appendParts();
    this.#startSoon();
  }

  /** Once the element has left the page for good, and not just moved, its engine goes. */
  disconnectedCallback(): void {
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#abandon();
      this.#holder.close();
    });
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.isConnected || before === after) return;
    // A paused run goes on with these: they are read then.
    if (this.#state === "paused" && changesPaused(name)) return;
    if (changesRun(name, before, after) || !this.#near) this.#startSoon();
    else this.#showAround(readAttributes(this));
  }

  start(): void {
    this.#near = true;
    const attributes = this.#prepare();
    if (this.hasAttribute("iteration")) this.show(attributes.iteration ?? Number.POSITIVE_INFINITY);
    this.#setState("loading");
    void this.#play(attributes, this.#starts);
  }

  pause(): void {
    if (this.#state !== "running") return;
    this.#run?.pause();
    this.#pace?.rest();
    this.#setState("paused");
  }

  resume(): void {
    if (this.#state !== "paused") return;
    const { settings, problems } = readAttributes(this);
    const { learningRate, step, iterations } = settings;
    const { record } = this;
    this.#messages.clear();
    this.#messages.problems(problems);
    const changes = learningRate !== this.#rule?.learningRate || step !== this.#rule.step;
    this.#rule = { learningRate, step };
    const going = this.#run?.resume({ learningRate, step, iterations: this.#reachable(iterations) });
    if (changes) void going?.then((after) => record.changeSettings(after));
    this.#setState("running");
  }

  /** The run's new length, no shorter than it is by now. */
  #reachable(iterations: number): number {
    const all = Math.max(iterations, this.record.farthest);
    this.record.extend(all);
    this.#pace?.goOn(all);
    return all;
  }

  stop(): void {
    if (this.#state === "running" || this.#state === "paused") this.#run?.stop();
    else if (this.#state === "loading") {
      this.#abandon();
      this.#holder.giveUpOpening();
      this.#setState("stopped");
    }
  }

  show(iteration: number): void {
    if (iteration === this.#shown) return;
    this.#shown = iteration;
    this.#run?.show(iteration);
    this.#grid.show(iteration);
    this.#showSoon();
  }

  /** The picture of a channel as its tile shows it now. */
  pictureOf(channel: number): HTMLCanvasElement | undefined {
    return this.#grid.tile(channel)?.canvas;
  }

  focusTile(channel: number): void {
    this.#grid.tile(channel)?.focus();
  }

  #appendParts(): void {
    this.#poster.adopt([...this.childNodes]);
    for (const { element } of [this.#messages, this.#poster, this.#grid, this.#controls])
      this.append(element);
  }

  /** Several attributes changed together make one start. */
  #startSoon(): void {
    if (this.#startPending) return;
    this.#startPending = true;
    queueMicrotask(() => {
      this.#startPending = false;
      if (this.isConnected) this.#startOrWait();
    });
  }

  #startOrWait(): void {
    const { loading } = readAttributes(this);
    if (this.#near || loading === "eager") {
      this.start();
      return;
    }
    this.#grid.lay(this.#prepare().settings, this.tileLink);
    this.#mark("loading");
    this.#whenNear.wait(this, () => this.#appear());
  }

  /** A poster does where this device would rather not compute unasked. */
  #appear(): void {
    if (!this.#poster.present || !isScarce(navigator)) {
      this.start();
      return;
    }
    this.#setState("stopped");
    this.#controls.say(words.notComputed);
  }

  /** Shows what the attributes say of a run that is to come. */
  #prepare(): Attributes {
    this.#abandon();
    const attributes = readAttributes(this);
    this.#messages.clear();
    this.#messages.problems(attributes.problems);
    this.#showAround(attributes);
    return attributes;
  }

  /** What stands around the pictures, or in their place. */
  #showAround({ settings: { layer, channels }, controls }: Attributes): void {
    this.#controls.element.hidden = controls === "none";
    this.#poster.picture(this.getAttribute("poster"), layer, channels);
    const needed = this.#poster.present && !this.#grid.drawn;
    this.#poster.element.hidden = !needed;
    this.#grid.element.hidden = needed;
  }

  async #play({ settings, controls, keep, iteration }: Attributes, start: number): Promise<void> {
    const { channels, iterations } = settings;
    try {
      if (controls === "full") await this.#full.begin(settings, iteration);
      else this.#full.end();
      // Each in a task of its own: what led here, laying out, and handing the canvases over.
      await macrotask();
      if (start !== this.#starts) return;
      const canvases = this.#grid.lay(settings, this.tileLink);
      await macrotask();
      const scope = await this.#holder.open(this.#wanted(settings));
      if (start !== this.#starts) return;
      this.#tellEngine(scope);
      const run = scope.ascend({ ...ascentOf(settings, this.#startImage), keep, canvases });
      run.show(this.#shown);
      this.#run = run;
      this.#rule = settings;
      const pictures = new Map(canvases.map((canvas, at) => [canvas, channels[at] ?? 0]));
      this.#attention.watch(pictures, (seen, hidden) => run.attend(seen, hidden));
      if (canvases[0]) this.#shownWidth.watch(canvases[0], (width) => run.fit(width));
      this.#pace = new Pace(channels.length, iterations, () => performance.now());
      await this.#follow(run, this.#pace, start);
    } catch (error) {
      if (start === this.#starts) this.#fail(asVggscopeError(error, "compute-failed"));
    }
  }

  #wanted({ model, weights: address, network, backend }: Settings): Wanted {
    const weights = this.#file ?? address ?? (model === undefined ? undefined : { model });
    const agreed = this.#agreed !== undefined && sameWeights(weights, this.#agreed);
    return { weights, network, backend, allowFullDownload: this.#allowFullDownload || agreed };
  }

  /** For these weights only: another large file is asked about again. */
  #downloadAll(): void {
    this.#agreed = this.#wanted(readAttributes(this).settings).weights;
    this.start();
  }

  async #follow(run: Run<IterateFacts>, pace: Pace, start: number): Promise<void> {
    for await (const facts of run) {
      if (start !== this.#starts) return;
      if (this.#state === "loading") this.#firstIterate();
      this.#grid.note(facts);
      pace.count();
      this.#showSoon();
    }
    const outcome = await run.finished;
    if (start !== this.#starts) return;
    this.#wordsAt = Number.NEGATIVE_INFINITY;
    this.#showNow();
    this.#setState(outcome);
    if (outcome === "finished") await this.#tellMovement(run, start);
  }

  /** A run that leaves its pictures as they were says so. */
  async #tellMovement(run: Run<IterateFacts>, start: number): Promise<void> {
    const { record } = this;
    const { channels } = readAttributes(this).settings;
    // Nobody has asked for it.
    const share = await hardlyMoved(run, record, channels).catch(() => undefined);
    if (start !== this.#starts || share === undefined || !this.#rule) return;
    this.#messages.note(movement.hardlyMoved, adviceOn(share, record.reached, this.#rule));
  }

  #showSoon(): void {
    this.#frame ||= requestAnimationFrame(() => this.#showNow());
  }

  #showNow(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const now = performance.now();
    // A round of words that takes several frames goes on until it is through.
    if (now - this.#wordsAt >= WORDS_MS && !this.#grid.flush()) this.#wordsAt = now;
    if (this.#grid.behind) this.#showSoon();
    if (this.#state === "running" && this.#pace) this.#showProgress(this.#pace.progress());
  }

  #showWeights(progress: WeightProgress): void {
    if (this.#state === "loading") this.#controls.weights(progress);
    this.#tell("vggscope-weights", progress);
  }

  #showProgress(progress: RunProgress): void {
    this.#controls.progress(progress);
    this.#tell("vggscope-progress", progress);
  }

  #firstIterate(): void {
    this.#grid.reveal();
    this.#poster.element.hidden = true;
    this.#grid.element.hidden = false;
    this.#setState("running");
    // Loading has told the model's own widths.
    if (this.scope) this.#tellEngine(this.scope);
  }

  #tellEngine({ backend, backendReason: reason, adapter, model }: Vggscope): void {
    this.#tell("vggscope-engine", { backend, reason, adapter, model });
  }

  #fail(error: VggscopeError): void {
    this.#abandon();
    this.#holder.dropIfBroken(error);
    while (this.#grid.behind) this.#grid.flush();
    this.#grid.fail();
    this.#messages.error(error);
    // A channel that is not there is seen beside the layer's own number of channels.
    if (this.scope) this.#tellEngine(this.scope);
    this.#setState("error");
    this.#tell("vggscope-error", error);
  }

  /** Lets go of the run in progress; nothing of it is shown any more. */
  #abandon(): void {
    this.#starts += 1;
    this.#whenNear.cancel();
    this.#attention.end();
    this.#shownWidth.end();
    this.#run?.release();
    this.#run = undefined;
  }

  #setState(state: ScopeState): void {
    this.#mark(state);
    this.#tell("vggscope-state", state);
  }

  #mark(state: ScopeState): void {
    this.#state = state;
    this.dataset.state = state;
    this.#controls.state(state);
  }

  #tell<K extends keyof VggScopeEventMap>(type: K, detail: Detail<K>): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function ascentOf(settings: Settings, image: Float32Array | null): AscendOptions {
  const { model: _model, weights: _weights, network: _network, backend: _backend, ...rest } = settings;
  const { startFrom, ...ascent } = rest;
  const { width, height } = settings;
  const grey = startFrom === "grey" ? new Float32Array(width * height * 3).fill(GREY) : undefined;
  return { ...ascent, start: image ?? grey };
}
