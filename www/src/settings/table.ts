/**
 * Every setting once. The link, the element's attributes, the page's controls and their defaults all come from
 * this table; the defaults are the course notes'.
 */

import { DEFAULTS, LIMITS } from "../basics/limits";
import { channelsOf, LAYERS } from "../basics/vgg16";
import { DEFAULT_MODEL } from "../engine/catalogue/default-model";
import { MODEL_ID } from "../engine/catalogue/entry";
import * as sentences from "../words/link";
import * as words from "../words/settings";
import { formatChannels, parseChannels } from "./channels";
import { choice, type Field, number, orWord, positive } from "./field";
import { respellings, withoutInvisible } from "./mend";

/** Tiles of one page of the grid: 5 rows of 8, as in the notes. */
export const PAGE = 40;

const LAYER_NAMES = Object.fromEntries(LAYERS.map(({ name }) => [name, name]));

/** Stands for a model that is named by the other of the two settings that can name one. */
const NEITHER = "none";

/** A network's name in a file is a path of groups. */
const LONGEST_NAME = 500;

const modelId: Field<string> = {
  key: "model",
  ...words.model,
  initial: DEFAULT_MODEL.id,
  allowed: sentences.modelAllowed,
  read: (text) => {
    const id = text.trim();
    return MODEL_ID.test(id) ? { ok: true, value: id } : { ok: false, why: "" };
  },
  respell: respellings,
  write: (value) => value,
};

const address: Field<string> = {
  key: "weights",
  ...words.weights,
  initial: "",
  allowed: sentences.weightsAllowed,
  read: (text) => {
    const address = withoutInvisible(text).trim();
    const fine = !/^(?:https?:\/*)?$/i.test(address) && URL.canParse(address, "http://localhost/");
    return fine ? { ok: true, value: address } : { ok: false, why: "" };
  },
  // An address may end in anything.
  respell: () => [],
  write: (value) => value,
};

const model: Field<string | undefined> = { ...orWord(modelId, NEITHER), initial: DEFAULT_MODEL.id };
const weights = orWord(address, NEITHER);

const network = orWord<string>(
  {
    key: "network",
    ...words.network,
    initial: "",
    allowed: sentences.networkAllowed,
    read: (text) => {
      const name = withoutInvisible(text).trim();
      return name !== "" && name.length <= LONGEST_NAME ? { ok: true, value: name } : { ok: false, why: "" };
    },
    respell: () => [],
    write: (value) => value,
  },
  NEITHER,
);

const channels: Field<readonly number[]> = {
  key: "channels",
  ...words.channels,
  initial: Array.from({ length: PAGE }, (_, channel) => channel),
  allowed: sentences.channelsAllowed,
  read: (text) => {
    const parsed = parseChannels(text);
    return typeof parsed === "string" ? { ok: false, why: parsed } : { ok: true, value: parsed };
  },
  respell: respellings,
  write: formatChannels,
};

export const FIELDS = {
  model,
  weights,
  network,
  layer: choice<string>({ key: "layer", ...words.layer }, "block1_conv2", LAYER_NAMES),
  channels,
  width: number({ key: "width", ...words.width }, DEFAULTS.width, LIMITS.width),
  height: number({ key: "height", ...words.height }, DEFAULTS.height, LIMITS.height),
  iterations: number({ key: "iterations", ...words.iterations }, DEFAULTS.iterations, LIMITS.iterations),
  learningRate: positive({ key: "learning-rate", ...words.learningRate }, DEFAULTS.learningRate, 1e6),
  step: choice({ key: "step", ...words.step }, DEFAULTS.step, words.stepLabels, words.stepMeanings),
  preprocessing: choice(
    { key: "preprocessing", ...words.preprocessing },
    "none",
    words.scalingLabels,
    words.scalingMeanings,
  ),
  startFrom: choice({ key: "start", ...words.start }, "noise", words.startLabels, words.startMeanings),
  seed: number({ key: "seed", ...words.seed }, DEFAULTS.seed, LIMITS.seed),
  backend: choice({ key: "backend", ...words.backend }, "auto", words.backendLabels),
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

/** What was found out while texts were read. */
export interface Findings {
  problems: Problem[];
  /** Whether a text was read as what it was before it was changed on its way. */
  mended: boolean;
}

/** Reads texts by key; every key that is absent or wrong gets its default. */
export function readSettings(texts: ReadonlyMap<string, string>): Findings & { settings: Settings } {
  const found: Findings = { problems: [], mended: false };
  const values = NAMES.map((name) => [name, readOne(fieldOf(name), texts, found)]);
  // Each value was read by the field of its own name.
  const read = withOneModel(Object.fromEntries(values) as Settings, texts, found);
  const settings = fits(read)
    ? read
    : { ...read, width: FIELDS.width.initial, height: FIELDS.height.initial };
  if (settings !== read) found.problems.push(tooLarge(read));
  const beyond = settings.channels.find((channel) => channel >= channelsOf(settings.layer));
  if (beyond === undefined) return { settings, ...found };
  found.problems.push(tooWide(settings, beyond));
  return { settings: { ...settings, channels: FIELDS.channels.initial }, ...found };
}

/** Either a model's id or an address. Where both are given the address counts, and where neither is, the default. */
function withOneModel(
  settings: Settings,
  texts: ReadonlyMap<string, string>,
  { problems }: Findings,
): Settings {
  const { model: id, weights: given } = settings;
  if (given === undefined) return { ...settings, model: id ?? model.initial };
  if (id !== undefined && texts.has(model.key))
    problems.push({ key: model.key, message: sentences.twoModels(id, given) });
  return { ...settings, model: undefined };
}

/** With changes, of which a model takes the place of an address, and an address that of a model. A network is one of a file. */
export function changed<T extends Partial<Settings>>(settings: T, changes: Partial<Settings>): T {
  const gone = changes.model !== undefined ? "weights" : changes.weights !== undefined ? "model" : undefined;
  return { ...settings, ...(gone && { [gone]: undefined, network: undefined }), ...changes };
}

/** What the link calls its model: its address or its id. */
export function modelText({ model: id, weights: given }: Pick<Settings, "model" | "weights">): string {
  return given ?? id ?? "";
}

/** What a model is known by: its address, or its id where it is one of the catalogue. */
export function modelKey({ model: id, weights: given }: Pick<Settings, "model" | "weights">): string {
  return given ?? `model:${id}`;
}

/** Whether an image of this size has no more pixels than the engine takes. */
function fits({ width, height }: Pick<Settings, "width" | "height">): boolean {
  return width * height <= LIMITS.pixels.max;
}

/** Why a setting cannot have this value beside the others, as a sentence; empty where it can. */
export function clash(name: SettingName, settings: Settings): string {
  if ((name !== "width" && name !== "height") || fits(settings)) return "";
  const other = name === "width" ? "height" : "width";
  const most = Math.floor(LIMITS.pixels.max / settings[other]);
  const [{ label }, { label: otherLabel }] = [FIELDS[name], FIELDS[other]];
  return words.tooManyPixels(
    { label, value: settings[name], most },
    { label: otherLabel, value: settings[other] },
  );
}

/** Every setting as text, by key. */
export function writeSettings(settings: Settings): Map<string, string> {
  return new Map(NAMES.map((name) => [FIELDS[name].key, fieldOf(name).write(settings[name])]));
}

/** The same without what says nothing: of the two that can name the model one, and a network that nobody named. */
export function writeBriefly(settings: Settings): [key: string, text: string][] {
  const silent = [settings.weights === undefined ? weights : model];
  if (settings.network === undefined) silent.push(network);
  return [...writeSettings(settings)].filter(([key]) => silent.every((field) => field.key !== key));
}

export function initialSettings(): Settings {
  return readSettings(new Map()).settings;
}

/** A field whose value's type is not known here; its setting is the one of the same name. */
export function fieldOf(name: SettingName): Field<unknown> {
  return FIELDS[name];
}

/** A setting's value as its control says it. */
export function labelOf(name: SettingName, settings: Settings): string {
  const field = fieldOf(name);
  const text = field.write(settings[name]);
  return field.choices?.find(({ value }) => value === text)?.label ?? text;
}

/** The value that `texts` have for a field; its default, and a problem more, where that is wrong. */
export function readOne(field: Field<unknown>, texts: ReadonlyMap<string, string>, found: Findings): unknown {
  const text = texts.get(field.key);
  if (text === undefined) return field.initial;
  const reading = field.read(text);
  if (reading.ok) return reading.value;
  for (const before of field.respell(text)) {
    const again = field.read(before);
    if (!again.ok) continue;
    found.mended = true;
    return again.value;
  }
  found.problems.push(refusal(field, text, reading.why));
  return field.initial;
}

function refusal(field: Field<unknown>, text: string, why: string): Problem {
  const instead = field.write(field.initial);
  return { key: field.key, message: sentences.refused(field.key, text, why, field.allowed, instead) };
}

function tooLarge({ width, height }: Settings): Problem {
  const { key, initial } = FIELDS.width;
  const instead = { width: initial, height: FIELDS.height.initial };
  return { key, message: sentences.tooManyPixels({ width, height }, LIMITS.pixels.max, instead) };
}

function tooWide({ channels: asked, layer }: Settings, beyond: number): Problem {
  const { key, initial, write } = FIELDS.channels;
  const named = { key, text: write(asked), initial: write(initial) };
  const message = sentences.noSuchChannel(named, { name: layer, channels: channelsOf(layer) }, beyond);
  return { key, message };
}
