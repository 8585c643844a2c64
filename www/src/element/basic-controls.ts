/** The button and the line of progress that an embedded grid shows, and what is spoken of it. */
import type { RunProgress, ScopeState, WeightProgress } from "../public/types";
import { formatProgress, formatWeights } from "../words/numbers";

const STATES: Record<ScopeState, string> = {
  loading: "Loading",
  running: "",
  paused: "Paused",
  finished: "Finished",
  stopped: "Stopped",
  error: "",
};

/** An error is spoken by its message. */
const SPOKEN: Record<ScopeState, string> = {
  loading: "",
  running: "Climbing",
  paused: "Paused",
  finished: "Finished",
  stopped: "Stopped",
  error: "",
};

export class BasicControls {
  readonly element = document.createElement("div");
  readonly #button = document.createElement("button");
  readonly #line = document.createElement("span");
  /** Spoken at the turns of a run alone: the line changes many times a second. */
  readonly #spoken = document.createElement("span");

  constructor(toggle: () => void) {
    this.element.className = "vgg-controls";
    this.#button.type = "button";
    this.#button.addEventListener("click", toggle);
    this.#spoken.className = "vgg-spoken";
    this.#spoken.setAttribute("role", "status");
    this.element.append(this.#button, this.#line, this.#spoken);
  }

  state(state: ScopeState): void {
    this.#button.textContent = isBusy(state) ? "Stop" : "Start";
    this.#line.textContent = STATES[state];
    if (state !== "loading") this.#spoken.textContent = SPOKEN[state];
  }

  /** A sentence in place of progress. */
  say(words: string): void {
    this.#line.textContent = words;
    this.#spoken.textContent = words;
  }

  weights(progress: WeightProgress): void {
    this.#line.textContent = `Weights: ${formatWeights(progress)}`;
  }

  progress(progress: RunProgress): void {
    this.#line.textContent = formatProgress(progress);
  }
}

/** Whether there is something to stop. */
export function isBusy(state: ScopeState): boolean {
  return state === "loading" || state === "running" || state === "paused";
}
