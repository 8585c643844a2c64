/** What went wrong, in words: problems with attributes, and errors with what to try. */

import { button, failurePanel, messagePanel } from "../dom/message-panel";
import { part } from "../dom/part";
import type { VggscopeError } from "../public/errors";
import type { Problem } from "../settings/table";
import * as words from "../words/element";

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
