/** The player's controls. */

export const play = "Play";
export const pause = "Pause";
export const back = "One step back";
export const forward = "One step forward";
export const newest = "Newest";
export const newestTitle = "Show the newest step and follow the climb";
export const stepShown = "Step shown";
export const playingSpeed = "Playing speed";

/** What a player moves. */
export const allPictures = "Step of all pictures";
export const thisChannel = "Step of this channel";

/** Kept steps shown in a second. */
export function speed(perSecond: number): string {
  return `${perSecond} / s`;
}

/** 0 is the start. */
export function place(position: number, length: number): string {
  return `${position === 0 ? "Start" : `Step ${position}`} of ${length}`;
}
