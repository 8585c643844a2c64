/** What exported files are called, and the caption in them. */
import { formatChannels } from "../../settings/channels";
import { FIELDS, type Settings, writeSettings } from "../../settings/table";
import * as words from "../../words/export";

/** Settings that a caption names, after the size. */
const NAMED = ["learningRate", "step", "preprocessing"] as const;

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

/** What a climb is made with beside its settings, each by its name. */
interface Made {
  /** The open model. */
  model: string | undefined;
  /** The picture that it began with. */
  picture: string | undefined;
}

/** What all frames have in common. */
export function captionOf(settings: Settings, channels: readonly number[], { model, picture }: Made): string {
  const texts = writeSettings(settings);
  const named = NAMED.map((name) => words.setting(FIELDS[name].label, texts.get(FIELDS[name].key) ?? ""));
  const start = words.startOf(settings, picture);
  return words.caption({ model, size: settings, named: [...named, start], several: channels.length > 1 });
}
