/** What went wrong, in words: problems with attributes, and errors with what to try. */
import type { ErrorCode, VggscopeError } from "../public/errors";
import type { Problem } from "../settings/table";

const TITLES: Partial<Record<ErrorCode, string>> = {
  "engine-crashed": "The engine stopped unexpectedly",
  "engine-unavailable": "The engine did not start",
  "webgpu-unavailable": "WebGPU cannot be used here",
  "device-unavailable": "The graphics device did not start",
  "compute-failed": "The computation failed",
  "layer-not-in-model": "This model ends before that layer",
  "channel-out-of-range": "This layer has no such channel",
  "image-too-small": "The image is too small for this layer",
};

export class Messages {
  readonly element = document.createElement("div");
  readonly #retry: () => void;

  /** `retry` is called when the reader asks to try again. */
  constructor(retry: () => void) {
    this.#retry = retry;
    this.element.className = "vgg-messages";
    this.element.setAttribute("role", "alert");
  }

  clear(): void {
    if (this.element.hasChildNodes()) this.element.replaceChildren();
  }

  problems(problems: readonly Problem[]): void {
    if (problems.length === 0) return;
    const panel = messagePanel(
      "Some values were not understood",
      problems.map(({ message }) => message),
    );
    this.element.append(panel);
  }

  error(error: VggscopeError): void {
    const panel = messagePanel(titleOf(error.code), [error.message]);
    panel.dataset.code = error.code;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Try again";
    button.addEventListener("click", this.#retry);
    panel.append(button);
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

function titleOf(code: ErrorCode): string {
  return (
    TITLES[code] ?? (code.startsWith("weights-") ? "The weights could not be used" : "This could not be done")
  );
}
