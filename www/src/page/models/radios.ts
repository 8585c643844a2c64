/** A radio for each model. Pointing at one chooses it; keys only walk to one that comes from another host, and Enter chooses it. */
import { byId, make, write } from "../../dom/dom";

/** What stands behind a radio. */
export interface Option {
  label: string;
  chosen(): void;
  /** What is said of it under its label. */
  about?: HTMLElement;
  /** What is said when keys have come to it and have not chosen it; without it, they choose. */
  walkedTo?: string;
}

interface Entry {
  option: Option;
  radio: HTMLInputElement;
  text: Text;
  element: HTMLElement;
}

export class Radios {
  readonly #fieldset = byId("models", HTMLFieldSetElement);
  readonly #said = byId("models-said", HTMLElement);
  readonly #entries = new Map<string, Entry>();
  #checked = "";
  /** Whether an arrow key is what moves the choice. */
  #walking = false;

  constructor() {
    this.#fieldset.addEventListener("keydown", (event) => this.#pressed(event));
    this.#fieldset.addEventListener("keyup", () => {
      this.#walking = false;
    });
    // Where keys came to in a sheet that is closed now, nothing was chosen.
    byId("model-panel", HTMLElement).addEventListener("toggle", () => this.check(this.#checked));
  }

  /** A new one, or another label and meaning for the one that is there. */
  offer(key: string, option: Option): void {
    const present = this.#entries.get(key);
    if (present) {
      present.text.data = option.label;
      present.option = option;
    } else this.#add(key, option);
  }

  check(key: string): void {
    this.#checked = key;
    const entry = this.#entries.get(key);
    if (entry) entry.radio.checked = true;
    write(this.#said, "");
  }

  /** Takes away those that `isGone` says. */
  drop(isGone: (key: string) => boolean): void {
    for (const [key, { element }] of this.#entries) {
      if (!isGone(key)) continue;
      element.remove();
      this.#entries.delete(key);
    }
  }

  #add(key: string, option: Option): void {
    const radio = make("input", { type: "radio", name: "model", value: key });
    const text = new Text(option.label);
    const label = make("label", { className: "choice" }, radio, text);
    const { about } = option;
    const element = about ? make("div", { className: "model-entry" }, label, about) : label;
    if (about) radio.setAttribute("aria-describedby", about.id);
    this.#entries.set(key, { option, radio, text, element });
    radio.addEventListener("change", () => this.#moved(key));
    this.#fieldset.append(element);
  }

  #moved(key: string): void {
    const option = this.#entries.get(key)?.option;
    write(this.#said, (this.#walking && option?.walkedTo) || "");
    if (!this.#walking || option?.walkedTo === undefined) option?.chosen();
  }

  #pressed({ key, target }: KeyboardEvent): void {
    this.#walking = key.startsWith("Arrow");
    if (!(target instanceof HTMLInputElement) || !target.checked || target.value === this.#checked) return;
    if (key === "Enter" || key === " ") this.#entries.get(target.value)?.option.chosen();
  }
}
