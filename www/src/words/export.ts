/** What is written in exported files for people. */
import { formatActivation } from "./numbers";

/** The line of one frame; step 0 is the start. */
export function titleOf(
  { layer, iterations }: { layer: string; iterations: number },
  channels: readonly number[],
  step: number,
): string {
  const which =
    channels.length === 1 ? `Channel ${channels[0]} of ${layer}` : `${channels.length} channels of ${layer}`;
  const place = step === 0 ? "the start" : `step ${step} of ${iterations}`;
  return `${which}, ${place}`;
}

/** Under one of several pictures; `objective` is undefined at the start. */
export function labelOf(channel: number, objective: number | undefined): string {
  return objective === undefined ? String(channel) : `${channel}   ${formatActivation(objective)}`;
}

/** One setting in a caption, such as "learning rate 10". */
export function setting(label: string, value: string): string {
  return `${label.toLowerCase()} ${value}`;
}

/** A seed is of noise alone. */
export function startOf(
  { startFrom, seed }: { startFrom: "noise" | "grey"; seed: number },
  picture: string | undefined,
): string {
  if (picture !== undefined) return `start from the picture “${picture.slice(0, 60)}”`;
  return startFrom === "noise" ? `seed ${seed}` : `start from ${startFrom}`;
}

interface Caption {
  /** The open model's name. */
  model: string | undefined;
  /** In pixels. */
  size: { width: number; height: number };
  named: readonly string[];
  /** Whether there are several pictures, each with its words below. */
  several: boolean;
}

export function caption({ model, size, named, several }: Caption): string {
  const numbers = several ? " Below each: channel, and mean activation before the last step." : "";
  const weights = model ? `, weights “${model}”` : "";
  return `VGG16${weights}. ${size.width} × ${size.height} pixels, ${named.join(", ")}.${numbers} Made with vggscope.`;
}
