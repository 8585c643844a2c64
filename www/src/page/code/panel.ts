/** The algorithm in five lines and as whole programs, for what is on screen. Loaded when its place is opened. */

import { copy } from "../../dom/clipboard";
import { make, write } from "../../dom/dom";
import { PROGRAMS, type ProgramKind } from "../../settings/view";
import * as words from "../../words/code";
import { type AlgorithmFacts, algorithm } from "./algorithm";
import { kerasProgram } from "./keras";
import type { Program, Weights } from "./program";
import { pytorchProgram } from "./pytorch";
import { rProgram } from "./r";

/** What is on screen, and where a program with that library gets its weights. */
export interface ScreenProgram {
  facts: AlgorithmFacts & Omit<Program, "weights">;
  weights(library: "keras" | "torch"): Weights;
}

interface Language {
  name: string;
  needs: string;
  write(screen: ScreenProgram): string;
}

const LANGUAGES: Readonly<Record<ProgramKind, Language>> = {
  r: {
    ...words.languages.r,
    write: ({ facts, weights }) => rProgram({ ...facts, weights: weights("keras") }),
  },
  keras: {
    ...words.languages.keras,
    write: ({ facts, weights }) => kerasProgram({ ...facts, weights: weights("keras") }),
  },
  pytorch: {
    ...words.languages.pytorch,
    write: ({ facts, weights }) => pytorchProgram({ ...facts, weights: weights("torch") }),
  },
};

let panels = 0;

export class CodePanel {
  readonly element = make("div", { className: "code" });
  readonly #lines = make("ol", { className: "algorithm" });
  readonly #program = make("pre", { className: "program", tabIndex: 0 });
  readonly #needs = make("p", { className: "hint" });
  readonly #said = make("p", { className: "hint" });
  readonly #radios = new Map<ProgramKind, HTMLInputElement>();
  #code: ProgramKind = "r";

  /** `chosen` is told of the language that the reader chooses. */
  constructor(chosen: (code: ProgramKind) => void) {
    this.#said.setAttribute("role", "status");
    this.#program.setAttribute("role", "region");
    this.#program.setAttribute("translate", "no");
    // A list without bullets stays a list.
    this.#lines.setAttribute("role", "list");
    const button = make("button", { type: "button" }, words.copyTheProgram);
    button.addEventListener("click", async () =>
      write(this.#said, await copy(this.#program.textContent ?? "", this.#program)),
    );
    const bar = make("div", { className: "code-bar" }, this.#choice(chosen), button);
    this.element.append(this.#lines, bar, this.#needs, this.#said, this.#program);
  }

  show(screen: ScreenProgram, code: ProgramKind): void {
    const lines = algorithm(screen.facts).map(({ formula, meaning }) => {
      const code = make("code", {}, formula);
      code.setAttribute("translate", "no");
      return make("li", {}, code, make("span", { className: "meaning" }, meaning));
    });
    this.#lines.replaceChildren(...lines);
    this.#write(screen, code);
  }

  /** The language shown last. */
  get code(): ProgramKind {
    return this.#code;
  }

  #choice(chosen: (code: ProgramKind) => void): HTMLElement {
    const name = `language-${++panels}`;
    const radios = PROGRAMS.map((code) => {
      const radio = make("input", { type: "radio", name, checked: code === this.#code });
      radio.addEventListener("change", () => chosen(code));
      this.#radios.set(code, radio);
      return make("label", { className: "choice" }, radio, LANGUAGES[code].name);
    });
    return make("fieldset", { className: "languages" }, make("legend", {}, words.theWholeProgram), ...radios);
  }

  #write(screen: ScreenProgram, code: ProgramKind): void {
    const language = LANGUAGES[code];
    const radio = this.#radios.get(code);
    if (radio) radio.checked = true;
    this.#code = code;
    write(this.#said, "");
    write(this.#needs, language.needs);
    write(this.#program, language.write(screen));
    this.#program.setAttribute("aria-label", words.programIn(language.name));
  }
}
