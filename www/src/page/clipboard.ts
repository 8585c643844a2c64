/** Copying words, where the browser lets a page do so. */

/** Copies `text`; where that is not allowed, selects it in `shown` so that the reader's own keys copy it. */
export async function copy(text: string, shown: HTMLElement): Promise<string> {
  try {
    await navigator.clipboard.writeText(text);
    return "Copied.";
  } catch {
    // No secure context, or no leave.
    if (shown instanceof HTMLInputElement) shown.select();
    else getSelection()?.selectAllChildren(shown);
    return "This browser does not let the page copy. It is selected: press Ctrl+C, or ⌘C on a Mac.";
  }
}
