/** Opening one's own weights: by address, or as a file from disk, chosen or dropped. */

import { byId, write } from "../dom/dom";
import { failurePanel, messagePanel } from "../dom/message-panel";
import { loadPart } from "../engine/site-version";
import { weightSource } from "../engine/source";
import { VggscopeError } from "../public/errors";
import * as words from "../words/model";
import type { Notices } from "./base/notices";
import type { PageState } from "./base/state";
import { type Dropped, fileFrom } from "./dropped";

/** `again` is called where the address given is the one that is open. */
export function offerLinks(state: PageState, again: () => void): void {
  const address = byId("link-address", HTMLInputElement);
  const error = byId("link-error", HTMLElement);
  const complain = (message: string) => {
    address.setAttribute("aria-invalid", String(message !== ""));
    write(error, message);
  };
  byId("link-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const weights = address.value.trim();
    const problem = problemWith(weights);
    complain(problem);
    if (problem) address.focus();
    else if (weights === state.settings.weights && !state.file) again();
    else state.change({ weights });
  });
  state.watch(() => complain(""));
}

/** What is wrong with an address, as a sentence; empty where nothing is. */
function problemWith(weights: string): string {
  if (weights === "") return words.enterAddress;
  try {
    weightSource(weights, document.baseURI);
    return "";
  } catch (error) {
    if (!(error instanceof VggscopeError)) throw error;
    return words.notOpened(error.message);
  }
}

export function offerFiles(state: PageState, notices: Notices): void {
  const input = byId("file-input", HTMLInputElement);
  byId("choose-file", HTMLButtonElement).addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    if (file) void openAny(file, state, notices);
    // The same file chosen again, perhaps mended by now, is a change too.
    input.value = "";
  });
}

/** Takes what is dropped anywhere on the page; what cannot be opened is named in `notices`. */
export function takeDrops(state: PageState, notices: Notices): void {
  const overlay = byId("drop-here", HTMLElement);
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    overlay.hidden = false;
  });
  addEventListener("dragleave", ({ relatedTarget }) => {
    // It left the window, not one element for another.
    if (relatedTarget === null) overlay.hidden = true;
  });
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    overlay.hidden = true;
    const file = fileFrom(droppedIn(event));
    if (typeof file !== "string") {
      void openAny(file, state, notices);
      return;
    }
    notices.show(messagePanel(words.dropNotOpened, [file]));
  });
}

/** What this page saved brings its state back, a picture is offered as a start; any other file is taken for weights. */
export async function openAny(file: File, state: PageState, notices: Notices): Promise<void> {
  try {
    await openByKind(file, state, notices);
  } catch (error) {
    notices.show(failurePanel(words.dropNotOpened, error));
  }
}

async function openByKind(file: File, state: PageState, notices: Notices): Promise<void> {
  const { openSaved } = await loadPart(() => import("./export/restore"), words.readerOfSavedNotLoaded);
  if (await openSaved(file, state, notices)) return;
  const { isPicture } = await loadPart(() => import("./settings/picture-kind"), words.readerOfSavedNotLoaded);
  // What cannot be read at all is an error of weights that says so.
  if (!(await isPicture(file).catch(() => false))) return state.openFile(file);
  const { offerStart } = await loadPart(
    () => import("./settings/given-picture"),
    words.readerOfSavedNotLoaded,
  );
  await offerStart(file, state, notices);
}

function carriesFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}

function droppedIn({ dataTransfer }: DragEvent): Dropped[] {
  const items = [...(dataTransfer?.items ?? [])].filter(({ kind }) => kind === "file");
  return items.map((item) => ({
    isFolder: item.webkitGetAsEntry()?.isDirectory ?? false,
    file: item.getAsFile(),
  }));
}
