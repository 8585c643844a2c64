/** How a channel's climb went: its measures against the iterate, each with its number where the reader is. */

import { macrotask } from "../basics/macrotask";
import { make, write } from "../dom/dom";
import { failurePanel } from "../dom/message-panel";
import { loadPart } from "../engine/site-version";
import * as words from "../words/charts";
import type { IterateData } from "./iterate-data";
import type { Curve, Pen, Plot } from "./plot";
import type { Curves } from "./record";

interface Measure {
  title: string;
  /** The iterate of the curves' first number. */
  first: 0 | 1;
  pens: readonly Pen[];
  curves(of: Curves): Float32Array[];
  /** At the iterate whose data are known, for where the curves do not reach. */
  from(data: IterateData): number[];
}

const MEASURES: readonly Measure[] = [
  {
    title: words.meanActivation,
    first: 0,
    pens: ["solid"],
    curves: ({ objective }) => [objective],
    from: ({ gradient }) => [gradient.objective],
  },
  {
    title: words.gradientNorm,
    first: 0,
    pens: ["solid"],
    curves: ({ gradientNorm }) => [gradientNorm],
    from: ({ gradient }) => [gradient.norm],
  },
  {
    title: words.pixelRange,
    first: 1,
    pens: ["solid", "solid"],
    curves: ({ min, max }) => [min, max],
    from: ({ pixels }) => [pixels.reduce((a, b) => Math.min(a, b)), pixels.reduce((a, b) => Math.max(a, b))],
  },
];

/** What is shown of a climb. */
export interface ShownCurves {
  curves: Curves;
  /** Steps of the whole climb. */
  length: number;
  position: number;
  /** Those of `position`, once they are known. */
  data: IterateData | undefined;
}

interface Chart {
  measure: Measure;
  place: HTMLElement;
  value: HTMLElement;
  plot?: Plot;
}

export class Charts {
  readonly element = make("section", { className: "charts" });
  readonly #charts: Chart[] = MEASURES.map((measure) => ({
    measure,
    place: make("div", { className: "plot" }),
    value: make("span", { className: "figure-value" }),
  }));
  #shown: ShownCurves | undefined;
  #iterates = new Float32Array();

  /** `seek` is told of the iterate that a pointer chooses on a curve. */
  constructor(seek: (iteration: number) => void) {
    this.element.setAttribute("aria-label", words.theClimb);
    for (const { measure, place, value } of this.#charts) {
      place.setAttribute("role", "img");
      place.setAttribute("aria-label", words.nothingYet(measure.title));
      const caption = make("figcaption", {}, make("span", {}, measure.title), value);
      this.element.append(make("figure", {}, caption, place));
    }
    void this.#begin(seek);
  }

  show(view: ShownCurves): void {
    const before = this.#shown;
    this.#shown = view;
    const { newest, objective } = view.curves;
    // The same track of the same run, no longer than it was.
    const same = before?.curves.newest === newest && before.curves.objective.buffer === objective.buffer;
    for (const chart of this.#charts) {
      if (!same) this.#draw(chart, view);
      chart.plot?.mark(view.position);
      write(chart.value, valueAt(chart.measure, view));
    }
  }

  /** The plots' code comes once the first tile has opened; until then the numbers stand alone. */
  async #begin(seek: (iteration: number) => void): Promise<void> {
    // After the picture is on the screen.
    await new Promise(requestAnimationFrame);
    await macrotask();
    try {
      this.#plot(await loadPart(() => import("./plot"), words.curvesNotLoaded), seek);
    } catch (error) {
      const failure = failurePanel(words.noCurves, error, () => {
        failure.remove();
        void this.#begin(seek);
      });
      this.element.append(failure);
    }
  }

  #plot({ Plot }: typeof import("./plot"), seek: (iteration: number) => void): void {
    for (const chart of this.#charts) {
      chart.plot = new Plot(chart.place, chart.measure.pens, seek);
      if (this.#shown) this.#draw(chart, this.#shown);
      chart.plot.mark(this.#shown?.position ?? 0);
    }
  }

  #draw({ measure, place, plot }: Chart, { curves, length }: ShownCurves): void {
    const values = measure.curves(curves);
    place.setAttribute("aria-label", summary(measure, values, curves.changes));
    const curve = [this.#iteratesFrom(measure.first, curves.newest), ...values] satisfies Curve;
    plot?.show(curve, length, curves.changes);
  }

  #iteratesFrom(first: number, count: number): Float32Array {
    if (this.#iterates.length < first + count)
      this.#iterates = Float32Array.from({ length: 2 * (first + count) }, (_, iterate) => iterate);
    return this.#iterates.subarray(first, first + count);
  }
}

function valueAt({ first, curves, from }: Measure, { curves: all, position, data }: ShownCurves): string {
  const values = curves(all).map((curve) => curve[position - first]);
  const known = values.every((value) => value !== undefined);
  if (!known && !data) return words.computing;
  return words.range(known ? values.map(Number) : data ? from(data) : []);
}

function summary({ title, first }: Measure, curves: Float32Array[], changes: readonly number[]): string {
  const count = curves[0]?.length ?? 0;
  if (count === 0) return words.nothingYet(title);
  const end = (at: number) => ({
    values: curves.map((curve) => curve[at] ?? Number.NaN),
    step: first + at,
  });
  return words.curve(title, end(0), end(count - 1), changes);
}
