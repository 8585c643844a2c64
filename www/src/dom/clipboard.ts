/** Copying words, where the browser lets a page do so. */
import * as words from "../words/clipboard";

/** Copies `text`; where that is not allowed, selects it in `shown` so that the reader's own keys copy it. */
export async function copy(text: string, shown: HTMLElement): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return words.copied;
  } catch {
    // No secure context, or no leave.
    if (shown instanceof HTMLInputElement || shown instanceof HTMLTextAreaElement) {
      shown.focus();
      shown.select();
    } else getSelection()?.selectAllChildren(shown);
    return words.selected(isSecureContext);
  }
}
