/** What the page says of the model that is open: its own words, where it came from, and what it expects of pictures. */

import { byId, make, write } from "../../dom/dom";
import type { ScopeElement } from "../../element/vgg-scope";
import type { ModelInfo } from "../../public/types";
import { modelText } from "../../settings/table";
import * as words from "../../words/open-model";
import { Note } from "../base/notices";
import type { PageState } from "../base/state";

export class ModelPanel {
  readonly #state: PageState;
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

  constructor(scope: ScopeElement, state: PageState) {
    this.#state = state;
    scope.addEventListener("vggscope-engine", ({ detail }) => this.#showModel(detail.model));
    scope.addEventListener("vggscope-error", () => scope.scope || this.#showNone());
    // What was opened, or could not be, before this part of the page was there.
    if (scope.scope) this.#showModel(scope.scope.model);
    else if (scope.state === "error") this.#showNone();
    state.watch(() => this.#showNotes());
  }

  #showModel(model: ModelInfo): void {
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
    this.#openFile = this.#state.file;
    this.#showNotes();
  }

  /** The model chosen could not be opened; pictures that are still there come from another. */
  #showNone(): void {
    write(this.#name, words.none);
    write(this.#description, words.noneWhy);
    this.#known.hidden = true;
    this.#openFile = undefined;
    this.#open = [];
    this.#showNotes();
  }

  /** What the reader should know without opening the panel. */
  #showNotes(): void {
    const { file, settings } = this.#state;
    const isOpen = file !== undefined && file === this.#openFile;
    const notes = [isOpen && words.fileNotInLink(file.name, modelText(settings)), ...this.#open];
    this.#notes.write(notes.filter(Boolean).join(" "));
  }
}
