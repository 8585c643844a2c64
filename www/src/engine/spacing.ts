/**
 * How much of a run stays in memory. Workers and page both ask here, so that the page knows which pictures are at hand
 * without asking a worker.
 */

/** Of pictures and exact checkpoints, over all workers of a run: forty channels and a hundred steps of the notes' size fit whole. */
const BUDGET_BYTES = 400e6;

/** Exact images are this many kept pictures apart. */
export const CHECKPOINT_EVERY = 20;

/** A picture has three bytes a pixel, an exact image twelve. */
const BYTES_PER_PIXEL = 3 + 12 / CHECKPOINT_EVERY;

/** What decides how much a run takes. */
export interface RunSize {
  channels: number;
  width: number;
  height: number;
}

/**
 * Once a run has come to iterate `newest`, the multiples of this number are kept: a power of two, so that what is kept
 * later was kept before.
 */
export function spacing(newest: number, { channels, width, height }: RunSize): number {
  const bytes = newest * channels * width * height * BYTES_PER_PIXEL;
  return 2 ** Math.max(0, Math.ceil(Math.log2(bytes / BUDGET_BYTES)));
}
