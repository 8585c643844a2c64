/** What went wrong, in words: problems with attributes, and errors with what to try. */
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
  readonly element = document.createElement("div");
  readonly #remedies: Remedies;

  constructor(remedies: Remedies) {
    this.#remedies = remedies;
    this.element.className = "vgg-messages";
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
    const panel = messagePanel(words.titleOf(error.code), [error.message]);
    panel.dataset.code = error.code;
    const buttons = document.createElement("div");
    buttons.className = "vgg-message-buttons";
    if (error.code === "weights-needs-full-download") {
      buttons.append(button(words.downloadAll(sizeIn(error.message)), this.#remedies.downloadAll));
    }
    buttons.append(button(words.tryAgain, this.#remedies.retry));
    panel.append(buttons);
    this.element.append(panel);
  }
}

/** A titled panel of sentences. */
export function messagePanel(title: string, sentences: readonly string[]): HTMLElement {
  const panel = document.createElement("section");
  panel.className = "vgg-message";
  const heading = document.createElement("p");
  heading.className = "vgg-message-title";
  heading.textContent = title;
  const paragraphs = sentences.map((sentence) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = sentence;
    return paragraph;
  });
  panel.append(heading, ...paragraphs);
  return panel;
}

function button(name: string, pressed: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = name;
  made.addEventListener("click", pressed);
  return made;
}

/** The size in parentheses with which the engine names a file, where the host told it. */
function sizeIn(message: string): string {
  return / \([\d.]+ MB\)/.exec(message)?.[0] ?? "";
}
