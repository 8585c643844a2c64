/** "Embed": what to put into another page, for what is on screen, with a button that copies it. */
import { browser } from "../../engine/platform";
import { make, write } from "../dom";
import type { PageState } from "../state";
import { type Controls, type Kind, SNIPPETS } from "./snippets";

const KINDS: Readonly<Record<Kind, { label: string; hint: string }>> = {
  element: {
    label: "Web page: element",
    hint: "The pictures become part of your page. Works wherever HTML with a script may be written.",
  },
  frame: {
    label: "Web page: frame",
    hint: "For places that allow frames but no elements of one’s own. The script lets the frame be as high as its pictures; without it the height stays as written.",
  },
  quarto: {
    label: "Quarto",
    hint: "Needs the extension: copy the folder _extensions/vggscope of the project beside your document.",
  },
  rmarkdown: { label: "R Markdown", hint: "Goes into the text as it is, for HTML output." },
};

const CONTROLS: Readonly<Record<Controls, string>> = {
  minimal: "Start and stop",
  full: "Player and close view too",
  none: "None",
};

export class EmbedDialog {
  readonly #state: PageState;
  readonly #element = make("dialog", { className: "embed-dialog" });
  readonly #code = make("textarea", { id: "embed-code", readOnly: true, spellcheck: false, rows: 9 });
  readonly #hint = make("p", { id: "embed-hint", className: "hint" });
  readonly #warning = make("p", { className: "embed-warning" });
  readonly #said = make("p", { className: "hint" });
  #kind: Kind = "element";
  #controls: Controls = "minimal";

  constructor(state: PageState) {
    this.#state = state;
    const title = make("h2", { id: "embed-dialog-title" }, "Embed these pictures");
    const close = make("button", { type: "button" }, "Close");
    const copy = make("button", { type: "button", className: "primary" }, "Copy");
    close.addEventListener("click", () => this.#element.close());
    copy.addEventListener("click", () => void this.#copy());
    this.#said.setAttribute("role", "status");
    this.#code.setAttribute("aria-describedby", this.#hint.id);
    this.#element.setAttribute("aria-labelledby", title.id);
    this.#element.setAttribute("closedby", "any");
    const kinds = radios("Where to", "embed-kind", labelsOf(KINDS), this.#kind, (kind) => {
      this.#kind = kind;
      this.#show();
    });
    const controls = radios("Controls", "embed-controls", CONTROLS, this.#controls, (chosen) => {
      this.#controls = chosen;
      this.#show();
    });
    const label = make("label", { htmlFor: this.#code.id, className: "label" }, "To paste");
    const buttons = make("div", { className: "embed-buttons" }, copy, close, this.#said);
    this.#element.append(title, kinds, controls, this.#warning, label, this.#code, this.#hint, buttons);
    document.body.append(this.#element);
  }

  open(): void {
    this.#show();
    this.#element.showModal();
  }

  #show(): void {
    const { settings, view, file } = this.#state;
    const { iteration } = view;
    const embedding = { settings, iteration, controls: this.#controls, site: browser.siteRoot };
    this.#code.value = SNIPPETS[this.#kind](embedding);
    write(this.#hint, KINDS[this.#kind].hint);
    write(this.#warning, file ? fromDisk(file) : "");
    write(this.#said, "");
  }

  /** Where copying is forbidden, what is to be copied is at least selected. */
  async #copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#code.value);
      write(this.#said, "Copied.");
    } catch {
      this.#code.focus();
      this.#code.select();
      write(this.#said, "The browser does not let this page copy: press Ctrl+C, or ⌘C.");
    }
  }
}

function fromDisk({ name }: File): string {
  return `${name} is on this device, where other readers cannot fetch it: this shows the model that is in the link instead. Put the weights on a host, and open them here by their address.`;
}

function labelsOf<T extends string>(choices: Readonly<Record<T, { label: string }>>): Record<T, string> {
  const pairs = Object.entries<{ label: string }>(choices).map(([value, { label }]) => [value, label]);
  return Object.fromEntries(pairs) as Record<T, string>;
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
