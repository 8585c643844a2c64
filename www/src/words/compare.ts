/** What is said of two settings side by side. */
import { formatActivation } from "./numbers";

export const sideBySide = "Side by side with other settings";
export const stepOfBoth = "Step of both";
export const settingsOfTheOther = "Settings of the picture on the other side";
export const nothingYet = "Nothing yet";
export const chooseWhatDiffers = "Choose below what is to differ here.";
export const asOnThePage = "As on the page";
export const modelHint = "What training adds shows beside a network without.";
export const meanActivationOfBoth = "Mean activation of both";
/** Which side each line of the plot is. */
export const keyOf = { solid: "Left", dashed: "Right" };

/** One setting on one side, such as "Step rule: Adam". */
export function setting(label: string, value: string): string {
  return `${label}: ${value}`;
}

export function settings(each: readonly string[]): string {
  return each.join(", ");
}

export function ownImage(channel: number): string {
  return `Image that excites channel ${channel}, with the page’s settings`;
}

/** Under a picture; `objective` is undefined for the start. */
export function place(step: number, objective: number | undefined): string {
  const at = step === 0 ? "start" : `step ${step}`;
  return objective === undefined ? at : `${at}, mean ${formatActivation(objective)}`;
}

/** The plot in a sentence: where each side's curve ends; undefined where it has not begun. */
export function bothCurves(own: number | undefined, other: number | undefined): string {
  const end = (value: number | undefined) => (value === undefined ? "nothing yet" : formatActivation(value));
  return `${meanActivationOfBoth} over the climb. Left: ${end(own)}. Right: ${end(other)}.`;
}
