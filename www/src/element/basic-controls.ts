/** The button and the line of progress that an embedded grid shows, and what is spoken of it. */

import { part } from "../dom/part";
import type { RunProgress, ScopeState, WeightProgress } from "../public/types";
import * as words from "../words/element";
import { formatProgress } from "../words/numbers";

export class BasicControls {
  readonly element: HTMLElement;
  readonly #button = document.createElement("button");
  readonly #line = part("vgg-line");
  /** Spoken at the turns of a run alone: the line changes many times a second. */
  readonly #spoken = part("vgg-spoken");

  constructor(toggle: () => void) {
    this.#button.type = "button";
    this.#button.addEventListener("click", toggle);
    this.#spoken.setAttribute("role", "status");
    this.element = part("vgg-controls", this.#button, this.#line, this.#spoken);
  }

  state(state: ScopeState): void {
    this.#button.textContent = isBusy(state) ? words.stop : words.start;
    this.#line.textContent = words.states[state];
    if (state !== "loading") this.#spoken.textContent = words.spokenStates[state];
  }

  /** A sentence in place of progress. */
  say(sentence: string): void {
    this.#line.textContent = sentence;
    this.#spoken.textContent = sentence;
  }

  weights(progress: WeightProgress): void {
    this.#line.textContent = words.weights(progress);
  }

  progress(progress: RunProgress): void {
    this.#line.textContent = formatProgress(progress);
  }
}

/** Whether there is something to stop. */
export function isBusy(state: ScopeState): boolean {
  return state === "loading" || state === "running" || state === "paused";
}
