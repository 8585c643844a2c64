/** What is said at the end of a run whose pictures look as they did at its start. */
import { counted } from "./numbers";

export const hardlyMoved = "The pictures hardly moved";

/** `share` is of the range from black to white. */
export function farthest(share: number, steps: number): string {
  const percent = share === 0 ? "0" : String(Number((100 * share).toPrecision(1)));
  return `In ${counted(steps, "step")} no value of any picture changed by more than ${percent} % of the range from black to white.`;
}

export const noRate = "The learning rate is 0: with any other they move.";
export const largerRate = "A much larger learning rate helps.";

export function rateNeeded(rate: number): string {
  return `A learning rate of about ${rate} would carry them through that range.`;
}

export const otherRules =
  "Under the step rules “Adam” and “Gradient of root mean square 1”, with a learning rate of 0.01 to 0.1, steps are as long whatever the weights.";
