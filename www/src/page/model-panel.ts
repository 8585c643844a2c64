/** What the page says of the model that is open: its own words, where it came from, and what it expects of pictures. */
import type { EngineInfo } from "../public/types";
import { modelText, type Settings } from "../settings/table";
import * as words from "../words/model";
import { byId, make, write } from "./dom";
import { Note } from "./notices";
import type { PageState } from "./state";

export class ModelPanel {
  readonly #name = byId("model-name", HTMLElement);
  readonly #description = byId("model-description", HTMLElement);
  readonly #known = byId("model-known", HTMLElement);
  readonly #facts = byId("model-facts", HTMLElement);
  readonly #scaling = byId("model-scaling", HTMLElement);
  readonly #notes = new Note(byId("model-notes", HTMLElement));
  /** What is to be known of the open model. */
  #open: string[] = [];
  /** The file whose model is open. */
  #openFile: File | undefined;

  constructor(state: PageState) {
    state.watch((settings) => this.#showNotes(state.file, settings));
  }

  showModel({ model }: EngineInfo, { file, settings }: PageState): void {
    write(this.#name, model.name);
    write(this.#description, model.description);
    const facts = Object.entries(words.facts(model)).map(([term, fact]) =>
      make("div", {}, make("dt", {}, term), make("dd", {}, fact)),
    );
    this.#facts.replaceChildren(...facts);
    write(this.#scaling, words.scaling(model));
    this.#known.hidden = false;
    const { notKept, preprocessingGuessed, assumed } = model.origin;
    const guess = preprocessingGuessed ? words.guessedScaling(model.preprocessing) : "";
    this.#open = [assumed, guess, notKept ? words.notKept : ""];
    this.#openFile = file;
    this.#showNotes(file, settings);
  }

  /** The model chosen could not be opened; pictures that are still there come from another. */
  showNone({ file, settings }: PageState): void {
    write(this.#name, words.none);
    write(this.#description, words.noneWhy);
    this.#known.hidden = true;
    this.#openFile = undefined;
    this.#open = [];
    this.#showNotes(file, settings);
  }

  /** What the reader should know without opening the panel. */
  #showNotes(file: File | undefined, settings: Settings): void {
    const isOpen = file !== undefined && file === this.#openFile;
    const notes = [isOpen && words.fileNotInLink(file.name, modelText(settings)), ...this.#open];
    this.#notes.write(notes.filter(Boolean).join(" "));
  }
}
