/** "Embed": what to put into another page, for what is on screen, with a button that copies it. */

import { copy } from "../../dom/clipboard";
import { make, write } from "../../dom/dom";
import { browser } from "../../engine/platform";
import * as words from "../../words/embed";
import type { PageState } from "../base/state";
import { SNIPPETS } from "./snippets";

export class EmbedDialog {
  readonly #state: PageState;
  readonly #element = make("dialog", { className: "embed-dialog" });
  readonly #code = make("textarea", { id: "embed-code", readOnly: true, spellcheck: false, rows: 9 });
  readonly #hint = make("p", { id: "embed-hint", className: "hint" });
  readonly #warning = make("p", { className: "embed-warning" });
  readonly #said = make("p", { className: "hint" });
  #kind: words.SnippetKind = "element";
  #controls: words.Controls = "minimal";

  constructor(state: PageState) {
    this.#state = state;
    const title = make("h2", { id: "embed-dialog-title" }, words.embedThesePictures);
    const close = make("button", { type: "button" }, words.close);
    const copying = make("button", { type: "button", className: "primary" }, words.copy);
    close.addEventListener("click", () => this.#element.close());
    copying.addEventListener("click", () => void this.#copy());
    this.#said.setAttribute("role", "status");
    this.#code.setAttribute("aria-describedby", this.#hint.id);
    this.#element.setAttribute("aria-labelledby", title.id);
    this.#element.setAttribute("closedby", "any");
    const kinds = radios(words.whereTo, "embed-kind", words.kinds, this.#kind, (kind) => {
      this.#kind = kind;
      this.#show();
    });
    const controls = radios(words.theControls, "embed-controls", words.controls, this.#controls, (chosen) => {
      this.#controls = chosen;
      this.#show();
    });
    const label = make("label", { htmlFor: this.#code.id, className: "label" }, words.toPaste);
    const buttons = make("div", { className: "embed-buttons" }, copying, close, this.#said);
    this.#element.append(title, kinds, controls, this.#warning, label, this.#code, this.#hint, buttons);
    document.body.append(this.#element);
  }

  open(): void {
    this.#show();
    this.#element.showModal();
  }

  #show(): void {
    const { settings, view, file, picture } = this.#state;
    const { iteration } = view;
    const embedding = { settings, iteration, controls: this.#controls, site: browser.siteRoot };
    this.#code.value = SNIPPETS[this.#kind](embedding);
    write(this.#hint, words.hints[this.#kind]);
    const lacking = [
      file && words.onlyOnThisDevice(file.name),
      picture && words.beginsOtherwise(picture.name, settings.startFrom),
    ];
    write(this.#warning, lacking.filter(Boolean).join(" "));
    write(this.#said, "");
  }

  /** Where copying is forbidden, what is to be copied is at least selected. */
  async #copy(): Promise<void> {
    write(this.#said, await copy(this.#code.value, this.#code));
  }
}

function radios<T extends string>(
  legend: string,
  name: string,
  labels: Readonly<Record<T, string>>,
  initial: T,
  chosen: (value: T) => void,
): HTMLFieldSetElement {
  const choices = (Object.keys(labels) as T[]).map((value) => {
    const radio = make("input", { type: "radio", name, value, checked: value === initial });
    radio.addEventListener("change", () => chosen(value));
    return make("label", { className: "choice" }, radio, labels[value]);
  });
  return make("fieldset", { className: "embed-choices" }, make("legend", {}, legend), ...choices);
}
