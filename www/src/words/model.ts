/** What is said of the model in a sentence or two, of one's own files, and of what the browser keeps. */
import type { ModelInfo } from "../public/types";
import { formatBytes } from "./numbers";

/** Of an address, what tells it from others in a few letters. */
export function lastPart(address: string): string {
  return address.split(/[/?#]/).filter(Boolean).at(-1) ?? address;
}

/** The model in sentences. */
export function about({ name, description, licence }: ModelInfo): string {
  const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
  const sentence = (words: string) => capital(/[.!?]$/.test(words) ? words : `${words}.`);
  return [name, description, licence && `Licence: ${licence}`].filter(Boolean).map(sentence).join(" ");
}

/** What the browser keeps of weights. */
export function cached(bytes: number, files: number, secure: boolean): string {
  const some = `${formatBytes(bytes)} in ${files} ${files === 1 ? "file" : "files"}`;
  const nothing = secure ? "none" : "none, since browsers keep them for https pages only";
  return `Cached weights: ${files === 0 ? nothing : some}`;
}

/** After clearing; `bytes` is undefined where there was nothing. */
export function cleared(bytes: number | undefined): string {
  const done = bytes === undefined ? "There was nothing to clear." : `Cleared ${formatBytes(bytes)}.`;
  return `${done} What is on the screen stays; weights are fetched again when they are needed.`;
}

export const enterAddress = "Enter the address of a folder or of a file.";

/** What cannot be opened; `message` is what the library says of its option. */
export function notOpened(message: string): string {
  return message.replace("Vggscope.open: weights is", "This cannot be opened:");
}

export const readerOfSavedNotLoaded =
  "What opens dropped files could not be loaded. Check the connection, then drop the file again; if that does not help, reload the page.";
export const dropNotOpened = "What was dropped cannot be opened";
const DROP_ONE =
  "Drop one file: a .safetensors, a Keras .h5 or a PyTorch .pth, or a picture or settings saved from this page.";
export const nothingDropped = `No file was dropped. ${DROP_ONE}`;
export const folderDropped = `A folder was dropped. ${DROP_ONE} A folder of weights opens by its address, once it lies on a web host.`;

export function manyDropped(count: number): string {
  return `${count} things were dropped at once. ${DROP_ONE}`;
}
