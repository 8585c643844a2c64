/**
 * How far what a page reads from a canvas differs from what was drawn on it. Some browsers answer with noise, a little or
 * nothing else, so that no page can tell its visitors apart by how they draw: what has to be exact is then made without
 * reading any canvas.
 */
import { noContext } from "../../words/canvas";

const SIZE = 32;
/** Noise of this size nobody sees in black words on white paper. */
const UNSEEN = 3;

let noise: number | undefined;

export function canvasIsExact(): boolean {
  noise ??= measured();
  return noise === 0;
}

/** Whether at least words survive it. */
export function canvasShowsWords(): boolean {
  noise ??= measured();
  return noise <= UNSEEN;
}

/** The largest difference of any byte of a motley picture. */
function measured(): number {
  const context = new OffscreenCanvas(SIZE, SIZE).getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error(noContext);
  const drawn = new ImageData(SIZE, SIZE);
  // Opaque, because what is transparent is not kept exactly anywhere.
  drawn.data.forEach((_, at) => {
    drawn.data[at] = at % 4 === 3 ? 255 : (at * at * 7 + at * 13) % 251;
  });
  context.putImageData(drawn, 0, 0);
  const { data } = context.getImageData(0, 0, SIZE, SIZE);
  return data.reduce((most, byte, at) => Math.max(most, Math.abs(byte - (drawn.data[at] ?? 0))), 0);
}
