/** What the page says of itself: progress of weights and run, what computes and why, and the model's own words. */
import { isBusy } from "../element/basic-controls";
import type { AdapterInfo, EngineInfo, RunProgress, ScopeState, WeightProgress } from "../public/types";
import { formatLoaded, formatProgress, formatWeights, isLoaded } from "../words/numbers";
import { byId, write } from "./dom";

/** Lines of text change at most this often; bars move with every frame. */
const TEXT_MS = 500;

const ANNOUNCED: Record<ScopeState, string> = {
  loading: "Loading",
  running: "Climbing",
  paused: "Paused",
  finished: "Finished",
  stopped: "Stopped",
  error: "Stopped by an error",
};

export class Status {
  readonly #toggle = byId("toggle", HTMLButtonElement);
  readonly #runLine = byId("run-line", HTMLElement);
  readonly #runBar = byId("run-bar", HTMLProgressElement);
  readonly #weightsLine = byId("weights-line", HTMLElement);
  readonly #weightsBar = byId("weights-bar", HTMLProgressElement);
  readonly #engineLine = byId("engine-line", HTMLElement);
  readonly #modelLine = byId("model-line", HTMLElement);
  readonly #announcements = byId("announcements", HTMLElement);
  #textAt = 0;
  #latest: RunProgress | undefined;
  #weights: WeightProgress | undefined;
  #quarter = 0;
  #state: ScopeState = "loading";

  state(state: ScopeState): void {
    this.#state = state;
    this.#quarter = 0;
    write(this.#toggle, isBusy(state) ? "Stop" : "Start");
    write(this.#announcements, ANNOUNCED[state]);
    if (state === "loading") {
      this.#runBar.value = 0;
      this.#latest = undefined;
      write(this.#runLine, "Preparing");
      return;
    }
    this.#endWeights();
    if (state === "stopped") write(this.#runLine, standsAt("Stopped", this.#latest));
    else if (state === "paused") write(this.#runLine, standsAt("Paused", this.#latest));
    else if (state === "error") write(this.#runLine, "Stopped by an error: see the message");
  }

  progress(progress: RunProgress): void {
    this.#latest = progress;
    const share = progress.done / progress.total;
    this.#runBar.value = share;
    if (share === 1)
      write(this.#runLine, `Finished: ${progress.iterations} steps of ${progress.channels} channels`);
    else if (performance.now() - this.#textAt > TEXT_MS) {
      this.#textAt = performance.now();
      write(this.#runLine, formatProgress(progress));
    }
    this.#announceQuarter(Math.floor(share * 4), progress);
  }

  weights(progress: WeightProgress): void {
    const { loadedBytes, totalBytes, state } = progress;
    this.#weights = progress;
    this.#weightsBar.value = totalBytes === 0 ? 0 : loadedBytes / totalBytes;
    const words = `Weights: ${formatWeights(progress)}`;
    write(this.#weightsLine, words);
    if (state === "retrying" || state === "waiting") write(this.#announcements, words);
  }

  engine({ backend, reason, adapter, model }: EngineInfo): void {
    const what = backend === "webgpu" ? "WebGPU" : "CPU";
    const named = adapter ? ` Adapter: ${adapterWords(adapter)}.` : "";
    write(this.#engineLine, `Computing on: ${what}. ${reason}${named}`);
    const licence = model.licence && `Licence: ${model.licence}`;
    write(this.#modelLine, [model.name, model.description, licence].filter(Boolean).map(sentence).join(" "));
  }

  /** Nothing is under way any more: what was is told as it stands. */
  #endWeights(): void {
    if (this.#weights && !isLoaded(this.#weights))
      write(this.#weightsLine, `Weights: stopped, ${formatLoaded(this.#weights)}`);
    this.#weights = undefined;
  }

  /** Spoken at every quarter, so that it informs and does not flood. */
  #announceQuarter(quarter: number, progress: RunProgress): void {
    if (this.#state !== "running" || quarter === this.#quarter || quarter === 4) return;
    this.#quarter = quarter;
    write(this.#announcements, formatProgress(progress));
  }
}

function standsAt(word: string, latest: RunProgress | undefined): string {
  return latest ? `${word}. ${formatProgress({ ...latest, secondsLeft: undefined })}` : word;
}

function adapterWords({ vendor, architecture, description, isFallback }: AdapterInfo): string {
  return [vendor, architecture, description, isFallback && "in software"].filter(Boolean).join(", ");
}

function sentence(words: string): string {
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
