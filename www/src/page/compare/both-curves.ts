/** The mean activation of both sides against the step, in one plot. */

import { make } from "../../dom/dom";
import { failurePanel } from "../../dom/message-panel";
import { loadPart } from "../../engine/site-version";
import type { Pen, Plot } from "../../explorer/plot";
import { curvesNotLoaded, noCurves } from "../../words/charts";
import * as words from "../../words/compare";

const PENS: readonly Pen[] = ["solid", "dashed"];

/** One side's mean activation at iterates 0, 1, and so on, as far as it has come. */
type Objectives = Float32Array;

export class BothCurves {
  readonly element = make("figure", { className: "compare-curves" });
  readonly #place = make("div", { className: "plot" });
  #plot: Plot | undefined;
  #shown: { sides: readonly [Objectives, Objectives]; length: number; position: number } | undefined;

  /** `seek` is told of the iterate that a pointer chooses on a curve. */
  constructor(seek: (iteration: number) => void) {
    const keys = PENS.map((pen) =>
      make("span", { className: `compare-key compare-${pen}` }, words.keyOf[pen]),
    );
    const caption = make("figcaption", {}, make("span", {}, words.meanActivationOfBoth), ...keys);
    this.#place.setAttribute("role", "img");
    this.element.append(caption, this.#place);
    void this.#begin(seek);
  }

  /** Draws both sides of a climb of `length` steps, with a mark where the reader is. */
  show(sides: readonly [Objectives, Objectives], length: number, position: number): void {
    const before = this.#shown;
    this.#shown = { sides, length, position };
    const same = before?.length === length && sides.every((side, at) => isSame(side, before.sides[at]));
    if (same) this.#plot?.mark(position);
    else this.#draw();
  }

  async #begin(seek: (iteration: number) => void): Promise<void> {
    try {
      const { Plot } = await loadPart(() => import("../../explorer/plot"), curvesNotLoaded);
      this.#plot = new Plot(this.#place, PENS, seek);
      if (this.#shown) this.#draw();
    } catch (error) {
      const failure = failurePanel(noCurves, error, () => {
        failure.remove();
        void this.#begin(seek);
      });
      this.element.append(failure);
    }
  }

  #draw(): void {
    if (!this.#shown) return;
    const { sides, length, position } = this.#shown;
    const [own, other] = sides;
    this.#place.setAttribute("aria-label", words.bothCurves(own.at(-1), other.at(-1)));
    const count = Math.max(own.length, other.length);
    const iterates = Float32Array.from({ length: count }, (_, iterate) => iterate);
    const values = (side: Objectives) => Array.from(iterates, (iterate) => side[iterate] ?? null);
    this.#plot?.show([iterates, values(own), values(other)], length, []);
    this.#plot?.mark(position);
  }
}

/** The same part of the same numbers. */
function isSame(side: Objectives, before: Objectives | undefined): boolean {
  return side.buffer === before?.buffer && side.length === before.length;
}
