/** The controls of a playhead: a scrubber with play, pause, single steps, speed, and back to the newest. */

import { icon, make, write } from "../dom/dom";
import { SPEEDS } from "../settings/view";
import * as words from "../words/player";
import type { Playhead } from "./playhead";

const ICONS = {
  back: "M11 3 5 8l6 5zM3.5 3v10",
  forward: "m5 3 6 5-6 5zM12.5 3v10",
  play: "m4.5 2.5 8.5 5.5-8.5 5.5z",
  pause: "M5 3v10M11 3v10",
} as const;

type Icon = keyof typeof ICONS;

export class Player {
  readonly element = make("div", { className: "player" });
  readonly #playhead: Playhead;
  readonly #back = iconButton("back", words.back, () => this.#playhead.step(-1));
  readonly #forward = iconButton("forward", words.forward, () => this.#playhead.step(1));
  readonly #play = iconButton("play", words.play, () => this.#toggle());
  readonly #slider = make("input", { type: "range", className: "scrubber", min: "0", step: "1" });
  readonly #place = make("output", { className: "place" });
  readonly #newest = make("button", { type: "button", className: "newest" }, words.newest);
  readonly #speed = make(
    "select",
    {},
    ...SPEEDS.map((speed) => make("option", { value: String(speed) }, words.speed(speed))),
  );

  /** `name` says what it moves. */
  constructor(playhead: Playhead, name: string) {
    this.#playhead = playhead;
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", name);
    this.#slider.setAttribute("aria-label", words.stepShown);
    this.#speed.setAttribute("aria-label", words.playingSpeed);
    this.#newest.title = words.newestTitle;
    this.#slider.addEventListener("input", () => playhead.seek(this.#slider.valueAsNumber));
    this.#newest.addEventListener("click", () => playhead.follow());
    this.#speed.addEventListener("change", () =>
      playhead.setSpeed(Number(this.#speed.value), performance.now()),
    );
    const buttons = make("div", { className: "player-buttons" }, this.#back, this.#play, this.#forward);
    const more = make("div", { className: "player-more" }, this.#newest, this.#speed);
    this.element.append(make("div", { className: "player-row" }, buttons, this.#slider, this.#place, more));
    playhead.watch(() => this.#show());
    this.#show();
  }

  #toggle(): void {
    if (this.#playhead.playing) this.#playhead.pause();
    else this.#playhead.play(performance.now());
  }

  #show(): void {
    const { length, reached, position, playing, ready, wanted, speed } = this.#playhead;
    this.#slider.max = String(Math.max(1, length));
    this.#slider.valueAsNumber = position;
    this.#slider.setAttribute("aria-valuetext", words.place(position, length));
    this.element.style.setProperty("--reached", String(reached / Math.max(1, length)));
    this.element.style.setProperty("--place", `${words.place(length, length).length}ch`);
    write(this.#place, words.place(position, length));
    this.#newest.setAttribute("aria-pressed", String(wanted === undefined));
    this.#speed.value = String(speed);
    relabel(this.#play, playing ? "pause" : "play", playing ? words.pause : words.play);
    for (const control of [this.#slider, this.#play, this.#newest]) control.disabled = !ready;
    disable(this.#back, !ready || position === 0);
    disable(this.#forward, !ready || position >= reached);
  }
}

function iconButton(shown: Icon, name: string, pressed: () => void): HTMLButtonElement {
  const button = make("button", { type: "button", className: "icon-button" });
  relabel(button, shown, name);
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true") pressed();
  });
  return button;
}

function relabel(button: HTMLButtonElement, shown: Icon, name: string): void {
  if (button.getAttribute("aria-label") === name) return;
  button.setAttribute("aria-label", name);
  button.title = name;
  button.replaceChildren(icon(ICONS[shown]));
}

/** A button that has the focus keeps it when it has nothing more to do. */
function disable(button: HTMLButtonElement, disabled: boolean): void {
  button.setAttribute("aria-disabled", String(disabled));
}
