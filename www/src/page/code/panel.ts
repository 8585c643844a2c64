/** The algorithm in five lines and as whole programs, for what is on screen. Loaded when its place is opened. */
import * as words from "../../words/code";
import { copy } from "../clipboard";
import { make, write } from "../dom";
import { algorithm, type Facts } from "./algorithm";
import { kerasProgram } from "./keras";
import type { Program, Weights } from "./program";
import { pytorchProgram } from "./pytorch";
import { rProgram } from "./r";

/** What is on screen, and where a program with that library gets its weights. */
export interface OnScreen {
  facts: Facts & Omit<Program, "weights">;
  weights(library: "keras" | "torch"): Weights;
}

interface Language {
  name: string;
  needs: string;
  write(screen: OnScreen): string;
}

const LANGUAGES: readonly Language[] = [
  {
    ...words.languages.r,
    write: ({ facts, weights }) => rProgram({ ...facts, weights: weights("keras") }),
  },
  {
    ...words.languages.keras,
    write: ({ facts, weights }) => kerasProgram({ ...facts, weights: weights("keras") }),
  },
  {
    ...words.languages.pytorch,
    write: ({ facts, weights }) => pytorchProgram({ ...facts, weights: weights("torch") }),
  },
];

let panels = 0;

export class CodePanel {
  readonly element = make("div", { className: "code" });
  readonly #lines = make("ol", { className: "algorithm" });
  readonly #program = make("pre", { className: "program", tabIndex: 0 });
  readonly #needs = make("p", { className: "hint" });
  readonly #said = make("p", { className: "hint" });
  #language = LANGUAGES[0];
  #screen: OnScreen | undefined;

  constructor() {
    this.#said.setAttribute("role", "status");
    this.#program.setAttribute("role", "region");
    this.#program.setAttribute("translate", "no");
    // A list without bullets stays a list.
    this.#lines.setAttribute("role", "list");
    const button = make("button", { type: "button" }, words.copyTheProgram);
    button.addEventListener("click", async () =>
      write(this.#said, await copy(this.#program.textContent ?? "", this.#program)),
    );
    const bar = make("div", { className: "code-bar" }, this.#choice(), button);
    this.element.append(this.#lines, bar, this.#needs, this.#said, this.#program);
  }

  show(screen: OnScreen): void {
    this.#screen = screen;
    const lines = algorithm(screen.facts).map(({ formula, meaning }) => {
      const code = make("code", {}, formula);
      code.setAttribute("translate", "no");
      return make("li", {}, code, make("span", { className: "meaning" }, meaning));
    });
    this.#lines.replaceChildren(...lines);
    this.#write();
  }

  #choice(): HTMLElement {
    const name = `language-${++panels}`;
    const radios = LANGUAGES.map((language, index) => {
      const radio = make("input", { type: "radio", name, checked: index === 0 });
      radio.addEventListener("change", () => {
        this.#language = language;
        this.#write();
      });
      return make("label", { className: "choice" }, radio, language.name);
    });
    return make("fieldset", { className: "languages" }, make("legend", {}, words.theWholeProgram), ...radios);
  }

  #write(): void {
    const language = this.#language;
    if (!language || !this.#screen) return;
    write(this.#said, "");
    write(this.#needs, language.needs);
    write(this.#program, language.write(this.#screen));
    this.#program.setAttribute("aria-label", words.programIn(language.name));
  }
}
