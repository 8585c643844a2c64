/**
 * Every setting once. The link, the element's attributes, the page's controls and their defaults all come from
 * this table; the defaults are the course notes'.
 */
import { DEFAULTS, LIMITS } from "../engine/limits";
import { formatChannels, parseChannels } from "./channels";
import { choice, type Field, number, positive } from "./field";
import { SCALING_LABELS, SCALING_MEANINGS } from "./preprocessing";
import { STEP_MEANINGS } from "./step";
import { channelsOf, LAYERS } from "./vgg16";

/** Tiles of one page of the grid: 5 rows of 8, as in the notes. */
export const PAGE = 40;

const LAYER_NAMES = Object.fromEntries(LAYERS.map(({ name }) => [name, name]));

const weights: Field<string> = {
  key: "weights",
  label: "Model",
  hint: "Folder or file with the model's weights.",
  initial: "weights/demo/",
  allowed:
    "the address of a folder with model.safetensors.index.json, or of a .safetensors, .h5 or .pth file",
  read: (text) => {
    const fine = text.trim() !== "" && URL.canParse(text.trim(), "http://localhost/");
    return fine ? { ok: true, value: text.trim() } : { ok: false, why: "" };
  },
  write: (value) => value,
};

const channels: Field<readonly number[]> = {
  key: "channels",
  label: "Channels",
  hint: "Which channels climb, counted from 0: R’s channel 1 is channel 0 here.",
  initial: Array.from({ length: PAGE }, (_, channel) => channel),
  allowed: "numbers and ranges from 0, such as 0-39 or 1,5,7-9",
  read: (text) => {
    const parsed = parseChannels(text);
    return typeof parsed === "string" ? { ok: false, why: parsed } : { ok: true, value: parsed };
  },
  write: formatChannels,
};

export const FIELDS = {
  weights,
  layer: choice<string>(
    { key: "layer", label: "Layer", hint: "Which layer's channels to climb." },
    "block1_conv2",
    LAYER_NAMES,
  ),
  channels,
  width: number(
    {
      key: "width",
      label: "Width",
      hint: "Image width in pixels: more of them show the pattern more often, and a step takes longer.",
    },
    DEFAULTS.width,
    LIMITS.width,
  ),
  height: number(
    {
      key: "height",
      label: "Height",
      hint: "Image height in pixels: deep layers need many, for each of their positions sees a large square.",
    },
    DEFAULTS.height,
    LIMITS.height,
  ),
  iterations: number(
    {
      key: "iterations",
      label: "Steps",
      hint: "How many steps each image climbs: more of them carry it farther from its start.",
    },
    DEFAULTS.iterations,
    LIMITS.iterations,
  ),
  learningRate: positive(
    {
      key: "learning-rate",
      label: "Learning rate",
      hint: "How far one step goes: too little changes nothing to be seen, too much overshoots.",
    },
    DEFAULTS.learningRate,
    1e6,
  ),
  step: choice(
    { key: "step", label: "Step rule", hint: "How the gradient becomes a step." },
    DEFAULTS.step,
    {
      gradient: "Raw gradient (the notes)",
      l2: "Gradient of length 1 (Keras)",
      rms: "Gradient of root mean square 1",
      adam: "Adam",
    },
    STEP_MEANINGS,
  ),
  preprocessing: choice(
    {
      key: "preprocessing",
      label: "Input scaling",
      hint: "What happens to an image before the network sees it: under another scaling than in training all looks strange to it.",
    },
    "none",
    SCALING_LABELS,
    SCALING_MEANINGS,
  ),
  startFrom: choice(
    {
      key: "start",
      label: "Start",
      hint: "Where the climb begins: it finds only what can be reached from there.",
    },
    "noise",
    { noise: "Noise from the seed (the notes)", grey: "Plain grey" },
    {
      noise: "Every value is drawn evenly between 0 and 1.",
      grey: "Every value is 0.5, so the seed changes nothing: all structure comes from the network and the image’s rim.",
    },
  ),
  seed: number(
    {
      key: "seed",
      label: "Seed",
      hint: "Which noise the climb starts from: the same seed gives the same noise on every machine.",
    },
    DEFAULTS.seed,
    LIMITS.seed,
  ),
  backend: choice(
    {
      key: "backend",
      label: "Backend",
      hint: "What computes: pictures are the same up to rounding, speed is not.",
    },
    "auto",
    {
      auto: "Automatic",
      webgpu: "WebGPU",
      cpu: "CPU",
    },
  ),
} as const;

/** Every value of a grey start: the middle of the range that images start in. */
export const GREY = 0.5;

type Fields = typeof FIELDS;
export type SettingName = keyof Fields;
/** A value for every setting. */
export type Settings = { [K in SettingName]: Fields[K] extends Field<infer T> ? T : never };

/** A text that is not what its key allows, and what was taken instead. */
export interface Problem {
  key: string;
  message: string;
}

/** What the settings are called in code. */
export const NAMES = Object.keys(FIELDS) as SettingName[];
export const KEYS: readonly string[] = NAMES.map((name) => FIELDS[name].key);

/** Reads texts by key; every key that is absent or wrong gets its default. */
export function readSettings(texts: ReadonlyMap<string, string>): {
  settings: Settings;
  problems: Problem[];
} {
  const problems: Problem[] = [];
  const values = NAMES.map((name) => [name, readOne(fieldOf(name), texts, problems)]);
  // Each value was read by the field of its own name.
  const settings = Object.fromEntries(values) as Settings;
  const beyond = settings.channels.find((channel) => channel >= channelsOf(settings.layer));
  if (beyond === undefined) return { settings, problems };
  problems.push(tooWide(settings, beyond));
  return { settings: { ...settings, channels: FIELDS.channels.initial }, problems };
}

/** Every setting as text, by key. */
export function writeSettings(settings: Settings): Map<string, string> {
  return new Map(NAMES.map((name) => [FIELDS[name].key, fieldOf(name).write(settings[name])]));
}

export function initialSettings(): Settings {
  return readSettings(new Map()).settings;
}

/** A field whose value's type is not known here; its setting is the one of the same name. */
export function fieldOf(name: SettingName): Field<unknown> {
  return FIELDS[name];
}

/** The value that `texts` have for a field; its default, and a problem more, where that is wrong. */
export function readOne(
  field: Field<unknown>,
  texts: ReadonlyMap<string, string>,
  problems: Problem[],
): unknown {
  const text = texts.get(field.key);
  if (text === undefined) return field.initial;
  const reading = field.read(text);
  if (reading.ok) return reading.value;
  problems.push(refusal(field, text, reading.why));
  return field.initial;
}

function refusal(field: Field<unknown>, text: string, why: string): Problem {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  const because = why && `: ${why}`;
  const instead = `Using ${field.write(field.initial)}.`;
  const message = `${field.key} is “${shown}”${because}. Allowed: ${field.allowed}. ${instead}`;
  return { key: field.key, message };
}

function tooWide({ channels: asked, layer }: Settings, beyond: number): Problem {
  const { key, initial, write } = FIELDS.channels;
  const message =
    `${key} is “${write(asked).slice(0, 60)}”, but ${layer} has no channel ${beyond}. ` +
    `Allowed: 0-${channelsOf(layer) - 1}. Using ${write(initial)}.`;
  return { key, message };
}
