/** What has to be known before the pictures are looked at, above them: notices of what failed, and notes on what holds. Each can be dismissed. */

import { CROSS, icon, make } from "../../dom/dom";
import * as words from "../../words/notices";
import { closeSheets } from "../bar/sheets";

/** Notices of what failed, or could not be understood. */
export class Notices {
  readonly #place: HTMLElement;

  constructor(place: HTMLElement) {
    this.#place = place;
  }

  /** Takes the place of what was said before, and comes into view. */
  show(panel: HTMLElement): void {
    closeSheets();
    this.#place.replaceChildren(dismissible(panel));
    this.#place.scrollIntoView({ block: "nearest" });
  }

  /** Beside what was said before. */
  add(panel: HTMLElement): void {
    this.#place.append(dismissible(panel));
  }

  clear(): void {
    this.#place.replaceChildren();
  }
}

/** A place for one note at a time, which is spoken when it changes: so it is written only then. */
export class Note {
  readonly #place: HTMLElement;
  #text = "";

  constructor(place: HTMLElement) {
    this.#place = place;
  }

  /** An empty text is no note. What was dismissed stays away until there is something else to say. */
  write(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#place.replaceChildren(...(text ? [dismissible(make("p", { className: "note" }, text))] : []));
  }
}

/** Adds the button that takes the panel away. */
export function dismissible<Panel extends HTMLElement>(panel: Panel): Panel {
  const button = make("button", { type: "button", className: "dismiss", title: words.dismiss }, icon(CROSS));
  button.setAttribute("aria-label", words.dismiss);
  button.addEventListener("click", () => panel.remove());
  panel.append(button);
  return panel;
}
