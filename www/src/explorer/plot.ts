/** A curve against the iterate, with a mark where the reader is. Loaded when the first tile is opened. */
import uPlot from "uplot";
import css from "uplot/dist/uPlot.min.css?inline";
import { formatActivation } from "../words/numbers";

const HEIGHT = 88;
/** Iterates are whole numbers, so no axis counts in halves. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
const STYLE = new CSSStyleSheet();
STYLE.replaceSync(css);

/** Iterates, and one or more curves over them; null where there is no value. */
export type Curve = readonly [iterates: Float32Array, ...curves: Values[]];
type Values = Float32Array | readonly (number | null)[];

/** How a curve is drawn. */
export type Pen = "solid" | "dashed";
const DASHES: Record<Pen, number[]> = { solid: [], dashed: [5, 4] };

export class Plot {
  readonly #chart: uPlot;
  readonly #mark = document.createElement("div");
  #changes: { iteration: number; line: HTMLElement }[] = [];
  readonly #seek: (iteration: number) => void;
  #position = 0;

  /** Fills `place`; `seek` is told of the iterate that a pointer chooses. */
  constructor(place: HTMLElement, pens: readonly Pen[], seek: (iteration: number) => void) {
    adoptStyle(place.getRootNode());
    this.#seek = seek;
    this.#chart = new uPlot(optionsFor(place, pens), [[], ...pens.map(() => [])], place);
    this.#mark.className = "plot-mark";
    this.#chart.over.append(this.#mark);
    const sizes = new ResizeObserver(() => {
      this.#chart.setSize({ width: place.clientWidth, height: HEIGHT });
      this.mark(this.#position);
      this.#placeChanges();
    });
    sizes.observe(place);
    for (const colours of ["(prefers-color-scheme: dark)", "(forced-colors: active)"])
      matchMedia(colours).addEventListener("change", () => this.#chart.redraw(false));
    this.#chart.over.addEventListener("pointerdown", (event) => this.#grab(event));
    this.#chart.over.addEventListener("pointermove", (event) => {
      if (this.#chart.over.hasPointerCapture(event.pointerId)) this.#point(event);
    });
  }

  /** Draws curves over a climb of so many steps, and where it went on by other settings. */
  show(curve: Curve, length: number, changes: readonly number[]): void {
    // uPlot takes any numbers that can be indexed; its types know fewer kinds of them.
    this.#chart.setData(curve as unknown as uPlot.AlignedData, false);
    const finite = curve.slice(1).flatMap(extent);
    const [low, high] = [Math.min(...finite), Math.max(...finite)];
    const room = (high - low) * 0.06 || Math.abs(high) * 0.06 || 1;
    this.#chart.batch(() => {
      this.#chart.setScale("x", { min: 0, max: length });
      if (finite.length > 0) this.#chart.setScale("y", { min: low - room, max: high + room });
    });
    this.mark(this.#position);
    for (const { line } of this.#changes) line.remove();
    this.#changes = changes.map((iteration) => {
      const line = document.createElement("div");
      line.className = "plot-turn";
      return { iteration, line };
    });
    this.#chart.over.append(...this.#changes.map(({ line }) => line));
    this.#placeChanges();
  }

  /** Puts the mark at an iterate. */
  mark(iteration: number): void {
    this.#position = iteration;
    const left = this.#chart.valToPos(iteration, "x");
    if (Number.isFinite(left)) this.#mark.style.transform = `translateX(${left}px)`;
  }

  #placeChanges(): void {
    for (const { iteration, line } of this.#changes)
      line.style.transform = `translateX(${this.#chart.valToPos(iteration, "x")}px)`;
  }

  #grab(event: PointerEvent): void {
    this.#chart.over.setPointerCapture(event.pointerId);
    this.#point(event);
  }

  #point(event: PointerEvent): void {
    this.#seek(Math.round(this.#chart.posToVal(leftIn(this.#chart.over, event), "x")));
  }
}

/** How far in an element a pointer is, in its own pixels: a page may show it larger or smaller than it is laid out. */
function leftIn(element: HTMLElement, { clientX }: MouseEvent): number {
  const { left, width } = element.getBoundingClientRect();
  return ((clientX - left) * element.offsetWidth) / width;
}

/** In an element, the curves are behind a shadow boundary. */
function adoptStyle(root: Node): void {
  const takes = root instanceof Document || root instanceof ShadowRoot;
  if (takes && !root.adoptedStyleSheets.includes(STYLE)) root.adoptedStyleSheets.push(STYLE);
}

function optionsFor(place: HTMLElement, pens: readonly Pen[]): uPlot.Options {
  const colour = (name: string) => () => getComputedStyle(place).getPropertyValue(name);
  const { fontFamily } = getComputedStyle(place);
  const axis = {
    font: `11px ${fontFamily}`,
    stroke: colour("--plot-words"),
    grid: { stroke: colour("--plot-grid"), width: 1 },
    ticks: { show: false },
  };
  const pen = { stroke: colour("--plot-pen"), width: 1.75, points: { show: false } };
  return {
    width: Math.max(1, place.clientWidth),
    height: HEIGHT,
    padding: [8, 10, 0, 0],
    legend: { show: false },
    cursor: {
      y: false,
      drag: { x: false, y: false },
      points: { show: false },
      bind: { mousemove: inOwnPixels },
    },
    scales: { x: { time: false, auto: false }, y: { auto: false } },
    axes: [
      { ...axis, size: 22, gap: 3, space: 48, incrs: WHOLE },
      { ...axis, size: 56, gap: 5, space: 22, values: (_chart, ticks) => ticks.map(formatTick) },
    ],
    series: [{}, ...pens.map((kind) => ({ ...pen, dash: DASHES[kind] }))],
  };
}

/** uPlot takes pixels of the screen for its own. */
const inOwnPixels: uPlot.Cursor.MouseListenerFactory =
  ({ over }, _target, moved) =>
  (event) => {
    const { left } = over.getBoundingClientRect();
    const clientX = left + leftIn(over, event);
    const { type, clientY, movementX, movementY } = event;
    moved(new MouseEvent(type, { clientX, clientY, movementX, movementY }));
    return null;
  };

/** The least and the largest finite value; nothing where there is none. */
function extent(values: Values): number[] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? [] : [low, high];
}

function formatTick(value: number): string {
  const size = Math.abs(value);
  return value === 0 || (size >= 0.001 && size < 10_000)
    ? String(Number(value.toPrecision(6)))
    : formatActivation(value);
}
