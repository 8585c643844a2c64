/** Files that this page saved, opened again: they bring its state back. */
import { messagePanel } from "../../dom/message-panel";
import { FIELDS, writeSettings } from "../../settings/table";
import * as words from "../../words/restore";
import type { Notices } from "../base/notices";
import type { PageState } from "../base/state";
import { isPng, textIn } from "./shared/png-text";
import { KEYWORD, type Restored, readStateFile } from "./state-file";

/** No picture or settings of this page come near these. */
const MOST_BYTES = { png: 500e6, json: 20e6 };
const FIRST_BYTES = 8;

/**
 * Restores what a saved picture or settings file says, and answers whether the file was one, or was to be one. What is wrong
 * with it, and what it cannot bring back, is said in `notices`.
 */
export async function openSaved(file: File, state: PageState, notices: Notices): Promise<boolean> {
  // Whoever opens it as weights says why it cannot be read.
  const saved = await savedIn(file).catch(() => undefined);
  if (saved === undefined) return false;
  if (typeof saved === "string") {
    notices.show(messagePanel(words.cannotBeRestored(file.name), [saved]));
    return true;
  }
  restore(saved, state);
  const missing = missingFile(saved, state);
  // After what the state itself found wrong.
  if (missing) notices.add(messagePanel(words.weightsMissing, [missing]));
  if (saved.pictureMissing)
    notices.add(messagePanel(words.startMissing, [words.beganWithAPicture(state.settings.startFrom)]));
  return true;
}

/** What a file restores; a sentence where it is JSON or too large, and of no use; undefined for any other file. */
async function savedIn(file: File): Promise<Restored | string | undefined> {
  const first = new Uint8Array(await file.slice(0, FIRST_BYTES).arrayBuffer());
  if (isPng(first)) return file.size > MOST_BYTES.png ? words.tooLarge.png : savedInPng(file);
  if (!isJson(first)) return undefined;
  return file.size > MOST_BYTES.json ? words.tooLarge.json : readStateFile(await file.text());
}

async function savedInPng(file: File): Promise<Restored | string | undefined> {
  const text = textIn(new Uint8Array(await file.arrayBuffer()), KEYWORD);
  return text === undefined ? undefined : readStateFile(text);
}

/** An opening brace first, and no byte that JSON cannot hold: safetensors begin with a number that has zeros. */
function isJson(first: Uint8Array): boolean {
  return new TextDecoder().decode(first).trimStart().startsWith("{") && !first.includes(0);
}

function restore({ pairs, file, picture }: Restored, state: PageState): void {
  const link = new URLSearchParams(pairs);
  // No link carries a file from disk: what is open stays open, and may be that very file.
  if (file !== undefined) {
    const now = writeSettings(state.settings);
    for (const { key } of [FIELDS.model, FIELDS.weights]) link.set(key, now.get(key) ?? "");
  }
  state.restore(`#${link}`, picture);
}

function missingFile({ file }: Restored, state: PageState): string | undefined {
  if (file === undefined || file === state.file?.name) return undefined;
  return words.madeWithWeightsIn(file);
}
