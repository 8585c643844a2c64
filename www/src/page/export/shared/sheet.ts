/** Where the pictures lie on an exported sheet. */

/** How large a sheet should be. */
interface Wish {
  /** A single picture's width in pixels, at least. */
  single: number;
  /** The width of each of several, at least. */
  several: number;
  /** Of all pictures together, at most. */
  area: number;
}

export type SheetKind = "still" | "gif" | "video";

/** A still picture may be printed; a GIF has to be light; a video no larger than a screen. */
const WISHES: Record<SheetKind, Wish> = {
  still: { single: 512, several: 96, area: 40e6 },
  gif: { single: 256, several: 48, area: 0.4e6 },
  video: { single: 480, several: 96, area: 2e6 },
};

/** Columns for up to forty pictures, as in the notes' figures, and for more. */
const COLUMNS = { usual: 8, many: 16, usualCount: 40 };

const GAP = 6;
const MARGIN = 12;
const LABEL = 18;

export interface Sheet {
  width: number;
  /** Of the pictures and their labels; the caption comes below. */
  height: number;
  margin: number;
  /** Size of each picture. */
  tile: { width: number; height: number };
  /** Whether a pixel of the picture is a whole number of pixels here, so that it is drawn as a square. */
  exact: boolean;
  /** Height of the words under each picture; 0 where there is a single one, which the caption is about. */
  label: number;
  /** Upper left corner of each picture. */
  places: { x: number; y: number }[];
}

/** A sheet for `count` pictures of this size. */
export function sheetFor(kind: SheetKind, picture: { width: number; height: number }, count: number): Sheet {
  const columns = Math.min(count, count > COLUMNS.usualCount ? COLUMNS.many : COLUMNS.usual);
  const scale = scaleFor(WISHES[kind], picture, count);
  const width = Math.max(1, Math.round(picture.width * scale));
  const height = Math.max(1, Math.round(picture.height * scale));
  const label = count === 1 ? 0 : LABEL;
  const rows = Math.ceil(count / columns);
  const places = Array.from({ length: count }, (_, index) => ({
    x: MARGIN + (index % columns) * (width + GAP),
    y: MARGIN + Math.floor(index / columns) * (height + label + GAP),
  }));
  return {
    width: 2 * MARGIN + columns * (width + GAP) - GAP,
    height: MARGIN + rows * (height + label + GAP) - GAP,
    margin: MARGIN,
    tile: { width, height },
    exact: Number.isInteger(scale),
    label,
    places,
  };
}

/** Whole numbers enlarge, so that every pixel stays a square; where there is too much, all shrink. */
function scaleFor(wish: Wish, { width, height }: { width: number; height: number }, count: number): number {
  const least = count === 1 ? wish.single : wish.several;
  const wanted = Math.max(1, Math.ceil(least / width));
  const most = Math.sqrt(wish.area / (count * width * height));
  if (wanted <= most) return wanted;
  return most >= 1 ? Math.floor(most) : most;
}
