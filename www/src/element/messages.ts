/** What went wrong, in words: problems with attributes, and errors with what to try. */
import { VggscopeError } from "../public/errors";
import type { Problem } from "../settings/table";
import { reload } from "../words/edition";
import * as words from "../words/element";
import { part } from "./part";

/** What a reader may ask for after an error. */
interface Remedies {
  retry(): void;
  /** Fetches the file whole. */
  downloadAll(): void;
}

export class Messages {
  readonly element = part("vgg-messages");
  readonly #remedies: Remedies;

  constructor(remedies: Remedies) {
    this.#remedies = remedies;
    this.element.setAttribute("role", "alert");
  }

  clear(): void {
    if (this.element.hasChildNodes()) this.element.replaceChildren();
  }

  problems(problems: readonly Problem[]): void {
    if (problems.length === 0) return;
    const panel = messagePanel(
      words.valuesNotUnderstood,
      problems.map(({ message }) => message),
    );
    this.element.append(panel);
  }

  note(title: string, sentences: readonly string[]): void {
    this.element.append(messagePanel(title, sentences));
  }

  error(error: VggscopeError): void {
    const panel = failurePanel(words.titleOf(error.code), error, this.#remedies.retry);
    if (error.code === "weights-needs-full-download") {
      const download = button(words.downloadAll(error.bytes), this.#remedies.downloadAll);
      panel.querySelector(".vgg-message-buttons")?.prepend(download);
    }
    this.element.append(panel);
  }
}

/** What could not be done, and a button that may help: to do it again, or to get the newer version of the site. */
export function failurePanel(title: string, error: unknown, retry?: () => void): HTMLElement {
  const { code, message } = error instanceof VggscopeError ? error : { code: "", message: String(error) };
  const panel = messagePanel(title, message.split("\n"));
  panel.dataset.code = code;
  const remedy = code === "site-updated" ? reloadButton() : retry && button(words.tryAgain, retry);
  if (!remedy) return panel;
  panel.append(part("vgg-message-buttons", remedy));
  return panel;
}

export function reloadButton(): HTMLButtonElement {
  return button(reload, () => location.reload());
}

/** A titled panel of sentences. */
export function messagePanel(title: string, sentences: readonly string[]): HTMLElement {
  const lines = sentences.map((sentence) => part("vgg-message-line", sentence));
  return part("vgg-message", part("vgg-message-line vgg-message-title", title), ...lines);
}

function button(name: string, pressed: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = name;
  made.addEventListener("click", pressed);
  return made;
}
