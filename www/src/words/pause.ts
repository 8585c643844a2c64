/** What is said of a climb that is paused, changed, and goes on. */

export const pause = "Pause";
export const goOn = "Continue";
export const whilePaused =
  "Paused. Learning rate, step rule and number of steps may change before it goes on; any other setting starts afresh.";
export const linkStartsAfresh = "This page’s link climbs with the last of these from the start.";

/** One changed setting, such as "learning rate 3". */
export function change(label: string, value: string): string {
  return `${label.toLowerCase()} ${value}`;
}

export function changesFrom(step: number, changes: readonly string[]): string {
  return `From step ${step} on: ${changes.join(", ")}.`;
}
