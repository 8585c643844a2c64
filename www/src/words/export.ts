/** What exported files are called, and what is written in them for people. */
import type { Facts } from "../element/record";
import { formatChannels } from "../settings/channels";
import { FIELDS, type Settings, writeSettings } from "../settings/table";
import { formatActivation } from "./numbers";

const SHOWN = ["learningRate", "step", "preprocessing", "seed"] as const;

/** `ending` with its dot; `step` for a single iterate. */
export function fileName(
  { layer }: Settings,
  channels: readonly number[],
  ending: string,
  step?: number,
): string {
  const [only] = channels;
  // Lists may be long; file systems take 255 bytes.
  const which =
    channels.length === 1 ? `channel-${only}` : `channels-${formatChannels(channels).slice(0, 80)}`;
  return ["vggscope", layer, which, ...(step === undefined ? [] : [`step-${step}`])].join("-") + ending;
}

/** The line of one frame. */
export function titleOf({ layer, iterations }: Settings, channels: readonly number[], step: number): string {
  const which =
    channels.length === 1 ? `Channel ${channels[0]} of ${layer}` : `${channels.length} channels of ${layer}`;
  const place = step === 0 ? "the start" : `step ${step} of ${iterations}`;
  return `${which}, ${place}`;
}

/** Under one of several pictures. */
export function labelOf(channel: number, facts: Facts | undefined): string {
  return facts ? `${channel}   ${formatActivation(facts.objective)}` : String(channel);
}

/** What all frames have in common. */
export function captionOf(
  settings: Settings,
  channels: readonly number[],
  model: string | undefined,
): string {
  const texts = writeSettings(settings);
  const facts = SHOWN.map((name) => {
    const { key, label } = FIELDS[name];
    return `${label.toLowerCase()} ${texts.get(key)}`;
  });
  const numbers =
    channels.length > 1 ? " Below each: channel, and mean activation before the last step." : "";
  const weights = model ? `, weights “${model}”` : "";
  return `VGG16${weights}. ${settings.width} × ${settings.height} pixels, ${facts.join(", ")}.${numbers} Made with vggscope.`;
}
