/** The custom element: attributes in, a grid that climbs, events out. */
import { asVggscopeError } from "../engine/failure";
import { macrotask } from "../engine/macrotask";
import type { VggScopeElement } from "../public/element";
import type { VggscopeError } from "../public/errors";
import type {
  IterateFacts,
  OpenOptions,
  Run,
  RunProgress,
  ScopeState,
  VggScopeEventMap,
  WeightProgress,
} from "../public/types";
import type { Vggscope } from "../public/vggscope";
import { KEYS, type Problem, readSettings, type Settings } from "../settings/table";
import { BasicControls, isBusy } from "./basic-controls";
import { Grid } from "./grid";
import { Messages } from "./messages";
import { Pace } from "./pace";
import { ScopeHolder, type Wanted } from "./scope-holder";
import { adoptStyles } from "./styles";

type Detail<K extends keyof VggScopeEventMap> = VggScopeEventMap[K]["detail"];

export class VggScope extends HTMLElement implements VggScopeElement {
  static readonly observedAttributes = [...KEYS, "controls"];

  readonly #grid = new Grid();
  readonly #messages = new Messages({
    retry: () => this.start(),
    downloadAll: () => this.#downloadAll(),
  });
  readonly #controls = new BasicControls(() => (isBusy(this.#state) ? this.stop() : this.start()));
  readonly #holder = new ScopeHolder((progress) => this.#showWeights(progress));
  #file: File | Blob | null = null;
  #allowFullDownload = false;
  /** The weights whose full download the reader agreed to. */
  #agreed: OpenOptions["weights"];
  #state: ScopeState = "loading";
  #run: Run<IterateFacts> | undefined;
  /** Counts starts: what belongs to an earlier one is no longer shown. */
  #turn = 0;
  #startPending = false;

  get state(): ScopeState {
    return this.#state;
  }

  get scope(): Vggscope | undefined {
    return this.#holder.scope;
  }

  get file(): File | Blob | null {
    return this.#file;
  }

  set file(file: File | Blob | null) {
    this.#file = file;
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
    else this.#startSoon();
  }

  start(): void {
    this.#abandon();
    const { settings, problems } = this.#read();
    this.#messages.clear();
    this.#messages.problems(problems);
    this.#setState("loading");
    void this.#play(settings, this.#turn);
  }

  stop(): void {
    if (this.#state === "running") this.#run?.stop();
    else if (this.#state === "loading") {
      this.#abandon();
      this.#holder.giveUpOpening();
      this.#setState("stopped");
    }
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
    const strange = this.#showControls();
    return { settings, problems: strange ? [...problems, strange] : problems };
  }

  #showControls(): Problem | undefined {
    const controls = this.getAttribute("controls") ?? "basic";
    this.#controls.element.hidden = controls === "none";
    if (controls === "none" || controls === "basic") return undefined;
    const message = `controls is “${controls.slice(0, 60)}”. Allowed: basic, none. Using basic.`;
    return { key: "controls", message };
  }

  async #play(settings: Settings, turn: number): Promise<void> {
    const { channels, width, height, layer } = settings;
    try {
      // Each in a task of its own: what led here, laying out, and handing the canvases over.
      await macrotask();
      if (turn !== this.#turn) return;
      const canvases = this.#grid.lay({ layer, channels, width, height });
      await macrotask();
      const scope = await this.#holder.open(this.#wanted(settings));
      if (turn !== this.#turn) return;
      this.#tellEngine(scope);
      const run = scope.ascend({ ...ascentOf(settings), keep: "last", canvases });
      this.#run = run;
      await this.#follow(run, new Pace(channels.length, settings.iterations, () => performance.now()), turn);
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
    let frame = 0;
    const show = () => {
      frame = 0;
      if (turn !== this.#turn) return;
      if (this.#grid.flush()) frame = requestAnimationFrame(show);
      if (this.#state === "running") this.#showProgress(pace.progress());
    };
    for await (const facts of run) {
      if (turn !== this.#turn) return;
      if (this.#state === "loading") this.#firstIterate();
      this.#grid.note(facts);
      pace.count();
      frame ||= requestAnimationFrame(show);
    }
    const outcome = await run.finished;
    if (turn !== this.#turn) return;
    cancelAnimationFrame(frame);
    show();
    this.#run = undefined;
    this.#setState(outcome);
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

function ascentOf({ weights: _weights, backend: _backend, ...ascent }: Settings) {
  return ascent;
}
