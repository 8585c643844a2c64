/** What the page says of the model that is open: its own words, where it came from, and what it expects of pictures. */

import type { EngineInfo, ModelInfo, ModelOrigin } from "../public/types";
import { SCALINGS } from "../settings/preprocessing";
import type { Settings } from "../settings/table";
import { formatBytes } from "../words/numbers";
import { byId, make, write } from "./dom";
import type { PageState } from "./state";

const PLACES: Record<ModelOrigin["kind"], (address: string) => string> = {
  folder: (address) => `The folder ${address}`,
  "remote-file": (address) => `The file ${address}`,
  "local-file": (address) => `The file ${address} on this device`,
};

export class ModelPanel {
  readonly #name = byId("model-name", HTMLElement);
  readonly #description = byId("model-description", HTMLElement);
  readonly #known = byId("model-known", HTMLElement);
  readonly #facts = byId("model-facts", HTMLElement);
  readonly #scaling = byId("model-scaling", HTMLElement);
  readonly #notes = byId("model-notes", HTMLElement);
  #notKept = false;

  constructor(state: PageState) {
    state.watch((settings) => this.#showNotes(state.file, settings));
  }

  showModel({ model }: EngineInfo, { file, settings }: PageState): void {
    write(this.#name, model.name);
    write(this.#description, model.description);
    const facts = Object.entries(factsOf(model)).map(([term, words]) =>
      make("div", {}, make("dt", {}, term), make("dd", {}, words)),
    );
    this.#facts.replaceChildren(...facts);
    write(this.#scaling, scalingOf(model));
    this.#known.hidden = false;
    this.#notKept = model.origin.notKept;
    this.#showNotes(file, settings);
  }

  /** The model chosen could not be opened; pictures that are still there come from another. */
  showNone(): void {
    write(this.#name, "No model is open");
    write(this.#description, "The message above the pictures says why.");
    this.#known.hidden = true;
  }

  /** What the reader should know without opening the panel. Said aloud when it changes, so written only then. */
  #showNotes(file: File | undefined, { weights }: Settings): void {
    const notes = [
      file &&
        `This page’s link cannot carry the file ${file.name}: whoever opens the link gets ${weights} instead.`,
      this.#notKept &&
        "The browser did not keep the weights, for lack of room or permission; they will be fetched again next time.",
    ].filter((note) => typeof note === "string");
    const shown = [...this.#notes.children].map(({ textContent }) => textContent);
    if (notes.join() === shown.join()) return;
    this.#notes.replaceChildren(...notes.map((note) => make("p", {}, note)));
  }
}

function factsOf(model: ModelInfo): Record<string, string> {
  const { licence, source, origin, totalBytes } = model;
  return {
    Source: source || "The weights do not say",
    Licence: licence || "The weights do not say",
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
  const count = `${held.length} of ${convolutions.length} convolutions`;
  return first === last ? `${first} (${count})` : `${first} to ${last} (${count})`;
}

function scalingOf({ preprocessing, origin }: ModelInfo): string {
  const { label, meaning } = SCALINGS[preprocessing];
  const guessed = "The file does not say so itself; this is how files of its layout are used.";
  const notes =
    preprocessing === "none"
      ? "That is also what the course notes do."
      : "The course notes skip this and feed red, green and blue from 0 to 1 to the network, so the preset “As in the notes” does too. " +
        `To feed this model what it expects, choose “${label}” as the input scaling under Settings.`;
  return [meaning, origin.preprocessingGuessed ? guessed : "", notes].filter(Boolean).join(" ");
}
