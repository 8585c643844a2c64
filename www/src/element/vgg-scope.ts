/** The custom element: attributes in, a grid that climbs, events out. */
import { asVggscopeError } from "../engine/failure";
import { macrotask } from "../engine/macrotask";
import type { VggScopeElement } from "../public/element";
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
import type { Vggscope } from "../public/vggscope";
import { FIELDS, KEYS, type Problem, readSettings, type Settings } from "../settings/table";
import { BasicControls, isBusy } from "./basic-controls";
import { Grid, type TileLink } from "./grid";
import { Messages } from "./messages";
import { Pace } from "./pace";
import type { RunRecord } from "./record";
import { ScopeHolder, type Wanted } from "./scope-holder";
import { adoptStyles } from "./styles";

/** Words under moving pictures change at most this often: nobody reads faster, and laying them out costs frames. */
const WORDS_MS = 250;

/** The middle of the range that images start in. */
const GREY = 0.5;

/** Attributes that a paused run goes on with; any other starts afresh. */
const CHANGEABLE = [FIELDS.learningRate.key, FIELDS.step.key, FIELDS.iterations.key];

const CONTROLS = ["basic", "none"] as const;
const KEEP = ["last", "all"] as const;

/** The element as this site's own page uses it: with its events' types, and with what is not public. */
export type ScopeElement = VggScopeElement & VggScope;

type Detail<K extends keyof VggScopeEventMap> = VggScopeEventMap[K]["detail"];

export class VggScope extends HTMLElement implements VggScopeElement {
  static readonly observedAttributes = [...KEYS, "controls", "keep"];

  /** Where a channel is seen close up, for pages that have such a place; tiles of later runs are links to it. */
  tileLink: TileLink | undefined;

  readonly #grid = new Grid();
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
  #frame = 0;
  #wordsAt = Number.NEGATIVE_INFINITY;
  /** Counts starts: what belongs to an earlier one is no longer shown. */
  #turn = 0;
  #startPending = false;

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

  connectedCallback(): void {
    adoptStyles(this.getRootNode());
    this.replaceChildren(this.#messages.element, this.#grid.element, this.#controls.element);
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
    if (name === "controls") this.#showControls();
    else if (this.#state !== "paused" || !CHANGEABLE.includes(name)) this.#startSoon();
  }

  start(): void {
    this.#abandon();
    const { settings, problems } = this.#read();
    this.#messages.clear();
    this.#messages.problems(problems);
    this.#setState("loading");
    void this.#play(settings, this.#turn);
  }

  pause(): void {
    if (this.#state !== "running") return;
    this.#run?.pause();
    this.#pace?.rest();
    this.#setState("paused");
  }

  resume(): void {
    if (this.#state !== "paused") return;
    const { settings, problems } = this.#read();
    const { learningRate, step, iterations } = settings;
    this.#messages.clear();
    this.#messages.problems(problems);
    this.#run?.resume({ learningRate, step, iterations: this.#reachable(iterations) });
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

  /** Several attributes changed together make one start. */
  #startSoon(): void {
    if (this.#startPending) return;
    this.#startPending = true;
    queueMicrotask(() => {
      this.#startPending = false;
      if (this.isConnected) this.start();
    });
  }

  #read(): { settings: Settings; problems: Problem[] } {
    const given = KEYS.flatMap((key) => {
      const text = this.getAttribute(key);
      return text === null ? [] : [[key, text] as const];
    });
    const { settings, problems } = readSettings(new Map(given));
    this.#showControls();
    const strange = [this.#word("controls", CONTROLS).problem, this.#word("keep", KEEP).problem];
    return { settings, problems: [...problems, ...strange.filter((problem) => problem !== undefined)] };
  }

  #showControls(): void {
    this.#controls.element.hidden = this.#word("controls", CONTROLS).value === "none";
  }

  /** An attribute that takes one of a few words, of which the first is its default. */
  #word<T extends string>(key: string, words: readonly [T, ...T[]]): { value: T; problem?: Problem } {
    const text = this.getAttribute(key) ?? words[0];
    const value = words.find((word) => word === text);
    if (value !== undefined) return { value };
    const message = `${key} is “${text.slice(0, 60)}”. Allowed: ${words.join(", ")}. Using ${words[0]}.`;
    return { value: words[0], problem: { key, message } };
  }

  async #play(settings: Settings, turn: number): Promise<void> {
    const { channels, iterations } = settings;
    try {
      // Each in a task of its own: what led here, laying out, and handing the canvases over.
      await macrotask();
      if (turn !== this.#turn) return;
      const canvases = this.#grid.lay(settings, this.tileLink);
      await macrotask();
      const scope = await this.#holder.open(this.#wanted(settings));
      if (turn !== this.#turn) return;
      this.#tellEngine(scope);
      const keep = this.#word("keep", KEEP).value;
      const run = scope.ascend({ ...ascentOf(settings, this.#startImage), keep, canvases });
      run.show(this.#shown);
      this.#run = run;
      this.#pace = new Pace(channels.length, iterations, () => performance.now());
      await this.#follow(run, this.#pace, turn);
    } catch (error) {
      if (turn === this.#turn) this.#fail(asVggscopeError(error, "compute-failed"));
    }
  }

  #wanted({ weights: address, backend }: Settings): Wanted {
    // Without file and attribute the shipped model is meant, wherever this page lies.
    const weights = this.#file ?? (this.hasAttribute("weights") ? address : undefined);
    const agreed = weights !== undefined && weights === this.#agreed;
    return { weights, backend, allowFullDownload: this.#allowFullDownload || agreed };
  }

  /** For these weights only: another large file is asked about again. */
  #downloadAll(): void {
    this.#agreed = this.#wanted(this.#read().settings).weights;
    this.start();
  }

  async #follow(run: Run<IterateFacts>, pace: Pace, turn: number): Promise<void> {
    for await (const facts of run) {
      if (turn !== this.#turn) return;
      if (this.#state === "loading") this.#firstIterate();
      this.#grid.note(facts);
      pace.count();
      this.#showSoon();
    }
    const outcome = await run.finished;
    if (turn !== this.#turn) return;
    this.#wordsAt = Number.NEGATIVE_INFINITY;
    this.#showNow();
    this.#setState(outcome);
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
    while (this.#grid.flush());
    this.#grid.fail();
    this.#messages.error(error);
    // A channel that is not there is seen beside the layer's own number of channels.
    if (this.scope) this.#tellEngine(this.scope);
    this.#setState("error");
    this.#tell("vggscope-error", error);
  }

  /** Lets go of the run in progress; nothing of it is shown any more. */
  #abandon(): void {
    this.#turn += 1;
    this.#run?.release();
    this.#run = undefined;
  }

  #setState(state: ScopeState): void {
    this.#state = state;
    this.dataset.state = state;
    this.#controls.state(state);
    this.#tell("vggscope-state", state);
  }

  #tell<K extends keyof VggScopeEventMap>(type: K, detail: Detail<K>): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function ascentOf(settings: Settings, image: Float32Array | null): AscendOptions {
  const { weights: _weights, backend: _backend, startFrom, ...ascent } = settings;
  const { width, height } = settings;
  const grey = startFrom === "grey" ? new Float32Array(width * height * 3).fill(GREY) : undefined;
  return { ...ascent, start: image ?? grey };
}
