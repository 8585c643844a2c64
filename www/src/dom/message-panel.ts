/** Panels that say what happened, with a button where one may help. */
import { VggscopeError } from "../public/errors";
import { tryAgain } from "../words/element";
import { reload } from "../words/site-version";
import { part } from "./part";

/** What could not be done, and a button that may help: to do it again, or to get the newer version of the site. */
export function failurePanel(title: string, error: unknown, retry?: () => void): HTMLElement {
  const { code, message } = error instanceof VggscopeError ? error : { code: "", message: String(error) };
  const panel = messagePanel(title, message.split("\n"));
  panel.dataset.code = code;
  const remedy = code === "site-updated" ? reloadButton() : retry && button(tryAgain, retry);
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

export function button(name: string, pressed: () => void): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = name;
  made.addEventListener("click", pressed);
  return made;
}
