/** What is said of models: the choice, the open one, one's own files, and what the browser keeps. */
import type { ModelInfo, ModelOrigin } from "../public/types";
import { counted, formatBytes } from "./numbers";
import { scalingLabels, scalingMeanings } from "./settings";

/** Of an address, what tells it from others in a few letters. */
export function lastPart(address: string): string {
  return address.split(/[/?#]/).filter(Boolean).at(-1) ?? address;
}

export const none = "No model is open";
export const noneWhy = "The message above the pictures says why.";
export const notKept =
  "The browser did not keep the weights, for lack of room or permission; they will be fetched again next time.";

/** Of a file that says nothing, and whose numbers are not known. */
export function guessedScaling(preprocessing: ModelInfo["preprocessing"]): string {
  return (
    `What pictures these weights expect is a guess: ${scalingLabels[preprocessing]}. ` +
    "If it is wrong, choose another input scaling under Recipe; the link keeps it."
  );
}

/** The model in sentences. */
export function about({ name, description, licence }: ModelInfo): string {
  const capital = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
  const sentence = (words: string) => capital(/[.!?]$/.test(words) ? words : `${words}.`);
  return [name, description, licence && `Licence: ${licence}`].filter(Boolean).map(sentence).join(" ");
}

export function fileNotInLink(file: string, weights: string): string {
  return `This page’s link cannot carry the file ${file}: whoever opens the link gets ${weights} instead.`;
}

const NOT_SAID = "The weights do not say";
const PLACES: Record<ModelOrigin["kind"], (address: string) => string> = {
  folder: (address) => `The folder ${address}`,
  "remote-file": (address) => `The file ${address}`,
  "local-file": (address) => `The file ${address} on this device`,
};

/** Terms and what holds of this model. */
export function facts(model: ModelInfo): Record<string, string> {
  const { licence, source, origin, totalBytes } = model;
  return {
    Source: source || NOT_SAID,
    Licence: licence || NOT_SAID,
    "Opened from": PLACES[origin.kind](origin.address),
    Format: origin.format,
    Size: formatBytes(totalBytes),
    Layers: layersOf(model),
  };
}

function layersOf({ layers }: ModelInfo): string {
  const convolutions = layers.filter(({ kind }) => kind === "convolution");
  const held = convolutions.filter(({ inModel }) => inModel);
  const [first, last] = [held[0]?.name ?? "none", held.at(-1)?.name ?? "none"];
  const count = `${held.length} of ${counted(convolutions.length, "convolution")}`;
  return first === last ? `${first} (${count})` : `${first} to ${last} (${count})`;
}

/** What the model expects of pictures. */
export function scaling({ preprocessing, origin }: ModelInfo): string {
  const guessed = "The file does not say so itself; this is how files of its layout are used.";
  const notes =
    preprocessing === "none"
      ? "That is also what the course notes do."
      : "The course notes skip this and feed red, green and blue from 0 to 1 to the network, so the preset “As in the notes” does too. " +
        `To feed this model what it expects, choose “${scalingLabels[preprocessing]}” as the input scaling under Recipe.`;
  return [scalingMeanings[preprocessing], origin.preprocessingGuessed ? guessed : "", notes]
    .filter(Boolean)
    .join(" ");
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
