/** What the page says of itself: progress of weights and run, what computes and why, and the model's own words. */

import { byId, write } from "../dom/dom";
import { isBusy } from "../element/basic-controls";
import type { EngineInfo, RunProgress, ScopeState, WeightProgress } from "../public/types";
import * as models from "../words/model";
import { formatProgress, isLoaded } from "../words/numbers";
import * as words from "../words/page";

/** Lines of text change at most this often; bars move with every frame. */
const TEXT_MS = 500;

export class Status {
  readonly #toggle = byId("toggle", HTMLButtonElement);
  readonly #runLine = byId("run-line", HTMLElement);
  readonly #runBar = byId("run-bar", HTMLProgressElement);
  readonly #weightsLine = byId("weights-line", HTMLElement);
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
    write(this.#toggle, isBusy(state) ? words.stop : words.start);
    write(this.#announcements, words.announced[state]);
    if (state === "loading") {
      this.#runBar.value = 0;
      this.#latest = undefined;
      write(this.#runLine, words.preparing);
      return;
    }
    this.#endWeights();
    if (!this.#latest) this.#runBar.value = 0;
    if (state === "stopped" || state === "paused") write(this.#runLine, words.standsAt(state, this.#latest));
    else if (state === "error") write(this.#runLine, words.stoppedByError);
  }

  /** No engine came: none is looked for any more. */
  noEngine(): void {
    write(this.#engineLine, "");
  }

  progress(progress: RunProgress): void {
    this.#latest = progress;
    const share = progress.done / progress.total;
    this.#runBar.value = share;
    if (share === 1) write(this.#runLine, words.finished(progress));
    else if (performance.now() - this.#textAt > TEXT_MS) {
      this.#textAt = performance.now();
      write(this.#runLine, formatProgress(progress));
    }
    this.#announceQuarter(Math.floor(share * 4), progress);
  }

  weights(progress: WeightProgress): void {
    const { loadedBytes, totalBytes, state } = progress;
    this.#weights = progress;
    const line = words.weights(progress);
    write(this.#weightsLine, line);
    if (this.#state === "loading") {
      this.#runBar.value = totalBytes === 0 ? 0 : loadedBytes / totalBytes;
      write(this.#runLine, line);
    }
    if (state === "retrying" || state === "waiting") write(this.#announcements, line);
  }

  engine({ backend, reason, adapter, model }: EngineInfo): void {
    write(this.#engineLine, words.computingOn(backend, reason, adapter));
    write(this.#modelLine, models.about(model));
  }

  /** Nothing is under way any more: what was is told as it stands. */
  #endWeights(): void {
    if (this.#weights && !isLoaded(this.#weights))
      write(this.#weightsLine, words.weightsStopped(this.#weights));
    this.#weights = undefined;
  }

  /** Spoken at every quarter, so that it informs and does not flood. */
  #announceQuarter(quarter: number, progress: RunProgress): void {
    if (this.#state !== "running" || quarter === this.#quarter || quarter === 4) return;
    this.#quarter = quarter;
    write(this.#announcements, formatProgress(progress));
  }
}
