/** The button and the line of progress that an embedded grid shows. */
import type { RunProgress, ScopeState, WeightProgress } from "../public/types";
import { formatProgress, formatWeights } from "./words";

const STATES: Record<ScopeState, string> = {
  loading: "Loading",
  running: "",
  paused: "Paused",
  finished: "Finished",
  stopped: "Stopped",
  error: "",
};

export class BasicControls {
  readonly element = document.createElement("div");
  readonly #button = document.createElement("button");
  readonly #line = document.createElement("span");

  constructor(toggle: () => void) {
    this.element.className = "vgg-controls";
    this.#button.type = "button";
    this.#button.addEventListener("click", toggle);
    this.element.append(this.#button, this.#line);
  }

  state(state: ScopeState): void {
    this.#button.textContent = isBusy(state) ? "Stop" : "Start";
    this.#line.textContent = STATES[state];
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
