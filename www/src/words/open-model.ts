/** What the sheet says of the model that is open. */
import type { ModelInfo, ModelOrigin } from "../public/types";
import { counted, formatBytes } from "./numbers";
import { scalingLabels, scalingMeanings } from "./settings";

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
