/** What is said of a climb's curves. */
import { formatActivation } from "./numbers";

export const theClimb = "The climb";
export const noCurves = "There are no curves";
export const curvesNotLoaded =
  "What draws the curves could not be loaded; their numbers are still here. Check the connection, then try again; if that does not help, reload the page.";
export const meanActivation = "Mean activation";
export const gradientNorm = "Gradient norm";
export const pixelRange = "Smallest and largest pixel value";
/** In place of a number that is being computed. */
export const computing = "…";

/** One number, or the two ends of a range. */
export function range(values: readonly number[]): string {
  return values.map(formatActivation).join(" to ");
}

export function nothingYet(title: string): string {
  return `${title}: nothing yet`;
}

/** The values at an iterate. */
export interface End {
  values: readonly number[];
  step: number;
}

/** A curve in a sentence, for those who do not see it; `changes` are the steps from which other settings held. */
export function curve(title: string, first: End, last: End, changes: readonly number[]): string {
  const at = ({ values, step }: End) => `${range(values)} at step ${step}`;
  const changed = changes.length > 0 ? `; other settings from step ${changes.join(" and ")} on` : "";
  return `${title} over the climb: ${at(first)}, ${at(last)}${changed}`;
}
