/** Which iterates an animation shows, and for how long. */

/** More would make files that nobody sends around, and at this speed ten seconds. */
const MOST = 200;

/** Iterates shown in a second. */
export const FRAMES_PER_SECOND = 20;
/** How long the last one stays, in seconds. */
export const LAST_SECONDS = 1.5;

/**
 * From the start to the newest, evenly, and the newest itself. `every` is the spacing of what is at hand: nothing has to
 * be computed again.
 */
export function framesOf(reached: number, every: number): number[] {
  const stride = every * Math.ceil(reached / every / MOST);
  const frames = Array.from({ length: Math.ceil(reached / stride) }, (_, index) => index * stride);
  return [...frames, reached];
}
