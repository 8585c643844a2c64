/** How many columns of pictures the grid has, so that the first screen shows the most of them at a size at which they can be read. */

import { byId } from "../dom/dom";
import type { ScopeElement } from "../element/vgg-scope";
import type { PageState } from "./base/state";

/** Of a picture, in rem: below this its pattern is no longer seen. All of them at once may be no smaller than the second. */
const SMALLEST = 6;
const SMALLEST_OF_ALL = 6.5;
const LARGEST = 24;
/** What stands between pictures, and the words below each, in rem. Columns move apart to fill the row, up to the second. */
const GAP_X = 0.625;
const WIDEST_GAP = 2;
const GAP_Y = 0.5;
const CAPTION = 2.35;

/** In pixels. */
export interface Room {
  width: number;
  height: number;
  /** Of the root's font. */
  rem: number;
}

export interface Fit {
  columns: number;
  /** Between columns, in pixels. */
  gap: number;
  /** Of the grid, in pixels. */
  width: number;
  height: number;
}

/**
 * The columns for so many pictures of this shape (width by height). Where all of them fit they are as large as they can be;
 * otherwise number and size are weighed against each other.
 */
export function gridFor({ width, height, rem }: Room, count: number, aspect: number): Fit {
  const gap = GAP_X * rem;
  const rowGap = GAP_Y * rem;
  // A window that is lower than one small picture is scrolled.
  const room = Math.max(height, (SMALLEST + CAPTION) * rem) + rowGap;
  let best = { columns: 1, size: 0, score: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const widest = Math.min(LARGEST * rem, (width - (columns - 1) * gap) / columns);
    const most = Math.ceil(count / columns);
    for (let rows = 1; rows <= most; rows++) {
      const highest = room / rows - CAPTION * rem - rowGap;
      const size = Math.min(widest, highest * aspect);
      const whole = Math.min(count, columns * rows);
      const score = scoreOf(whole, whole === count, size / Math.sqrt(aspect) / rem);
      if (score > best.score) best = { columns, size, score };
    }
  }
  const { columns, size } = best;
  const between = columns === 1 ? 0 : Math.min(WIDEST_GAP * rem, (width - columns * size) / (columns - 1));
  const rows = Math.ceil(count / columns);
  const taken = Math.floor(columns * size + (columns - 1) * between);
  return {
    columns,
    gap: between,
    width: taken,
    height: rows * (size / aspect + CAPTION * rem + rowGap) - rowGap,
  };
}

/** `size` is that of a square as large, in rem. All at once are better than any part of them, and what is too small is worse than anything. */
function scoreOf(whole: number, all: boolean, size: number): number {
  if (all && size >= SMALLEST_OF_ALL) return 1e6 + size;
  if (size >= SMALLEST) return 1e3 + whole * size;
  return size + whole / 1e3;
}

/** Keeps the grid's columns as they fit: into the window, beside the tour, for the pictures that there are. */
export function fitGrid(scope: ScopeElement, state: PageState): void {
  const pictures = byId("pictures", HTMLElement);
  const { style } = scope;
  style.setProperty("--fit-gap-y", `${GAP_Y}rem`);
  style.setProperty("--fit-caption", `${CAPTION}rem`);
  const refit = () => {
    const { channels, width, height } = state.settings;
    const room = roomFor(scope, pictures);
    const grid = gridFor(room, channels.length, width / height);
    style.setProperty("--fit-columns", String(grid.columns));
    style.setProperty("--fit-gap-x", `${grid.gap}px`);
    style.setProperty("--fit-width", `${grid.width}px`);
    style.setProperty("--fit-height", `${grid.height}px`);
  };
  const sizes = new ResizeObserver(refit);
  for (const part of [pictures, byId("screen", HTMLElement), byId("tour-place", HTMLElement)])
    sizes.observe(part);
  state.watch(refit);
  // The tour's card comes later than its room.
  state.watchView(({ tour }) => byId("main", HTMLElement).classList.toggle("touring", tour !== undefined));
}

/**
 * What is left of the first screen for the grid: below all that stands above it but notices, which go, and above a card
 * of the tour that lies over the lower edge.
 */
function roomFor(scope: ScopeElement, pictures: HTMLElement): Room {
  const { width } = pictures.getBoundingClientRect();
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
  const notices = byId("above", HTMLElement).offsetHeight;
  const top = scope.getBoundingClientRect().top + scrollY - notices;
  const tour = byId("tour-place", HTMLElement);
  const over = getComputedStyle(tour).position === "fixed" ? tour.offsetHeight : 0;
  return { width, height: byId("screen", HTMLElement).offsetHeight - top - over - rem / 2, rem };
}
