/** What is said of values in links, attributes and fields that cannot be: which, why, and what is allowed. */
import { counted } from "./numbers";

/** As much of somebody's text as a sentence has room for. */
function shortened(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)}…` : text;
}

/** What is allowed, as pieces of sentences. */
export const weightsAllowed =
  "the address of a folder with model.safetensors.index.json, or of a .safetensors, .h5 or .pth file";
export const networkAllowed = "the name of a network in the file of weights";
export const modelAllowed = "the id of a model of the catalogue";
export const channelsAllowed = "numbers and ranges from 0, such as 0-39 or 1,5,7-9";
export const besideAllowed = "same, or a list such as step:l2,learning-rate:1";

export function wholeNumber(min: number, max: number): string {
  return `a whole number from ${min} to ${max}`;
}

export function positiveNumber(max: number): string {
  return `a number above 0, at most ${max}`;
}

/** A word that stands for nothing chosen, or what else is allowed. */
export function wordOr(word: string, allowed: string): string {
  return `${word}, or ${allowed}`;
}

export function oneOf(values: readonly string[]): string {
  return values.join(", ");
}

/** A link or an element names its model in both ways. */
export function twoModels(model: string, weights: string): string {
  return `model is “${shortened(model, 60)}” and weights is “${shortened(weights, 60)}”. Only one of them can say which model opens. Using weights.`;
}

/** `why` is a piece of a sentence, or empty; `instead` is what is taken in its place. */
export function refused(key: string, text: string, why: string, allowed: string, instead: string): string {
  const because = why && `: ${why}`;
  return `${key} is “${shortened(text, 60)}”${because}. Allowed: ${allowed}. Using ${instead}.`;
}

export function attributeRefused(key: string, text: string, allowed: readonly string[]): string {
  return `${key} is “${text.slice(0, 60)}”. Allowed: ${allowed.join(", ")}. Using ${allowed[0]}.`;
}

export function noSuchChannel(
  channels: { key: string; text: string; initial: string },
  layer: { name: string; channels: number },
  channel: number,
): string {
  return (
    `${channels.key} is “${channels.text.slice(0, 60)}”, but ${layer.name} has no channel ${channel}. ` +
    `Allowed: 0-${layer.channels - 1}. Using ${channels.initial}.`
  );
}

interface Size {
  width: number;
  height: number;
}

export function tooManyPixels({ width, height }: Size, most: number, instead: Size): string {
  return (
    `width is “${width}” and height “${height}”, which are ${(width * height).toLocaleString("en")} pixels. ` +
    `Allowed: at most ${most.toLocaleString("en")} in all. Using ${instead.width} × ${instead.height}.`
  );
}

/** As many names as a line has room for. */
const NAMED = 3;

/** `keys` are no settings; there is at least one. */
export function unknownKeys(keys: readonly string[]): string {
  const [one = "", ...others] = quotedFew(keys);
  if (others.length === 0) return `The link says ${one}, which is no setting and is left out.`;
  return `The link says ${listed(one, others)}, which are no settings and are left out.`;
}

/** In place of a sentence on each value; `keys` are what they are the values of. */
export function manyRefused(keys: readonly string[]): string {
  const [one = "", ...others] = quotedFew(keys);
  return `The link has no allowed value for ${listed(one, others)}. The page uses its own values for them.`;
}

/** The first few, and how many more there are. */
function quotedFew(keys: readonly string[]): string[] {
  const rest = keys.length - NAMED;
  const named = keys.slice(0, rest === 1 ? NAMED + 1 : NAMED).map((key) => `“${shortened(key, 40)}”`);
  return rest > 1 ? [...named, `${rest} more`] : named;
}

function listed(one: string, others: readonly string[]): string {
  const last = others.at(-1);
  return last === undefined ? one : `${[one, ...others.slice(0, -1)].join(", ")} and ${last}`;
}

/** `channels` are those that climb, as text. */
export function channelNotShown(channel: number, channels: string): string {
  return `channel is “${channel}”, which is not among the channels ${channels.slice(0, 60)}. Allowed: none, or one of these. Using none.`;
}

export function iterationTooFar(iteration: number, iterations: number): string {
  return `iteration is “${iteration}”, but the climb takes ${counted(iterations, "step")}. Allowed: newest, or a whole number from 0 to ${iterations}. Using newest.`;
}

/** Why a list is none, as pieces of sentences. */
export function tooManyChannels(most: number): string {
  return `there are more than ${most} channels`;
}

export function channelTwice(channel: number): string {
  return `channel ${channel} is there twice`;
}

export function noRange(part: string): string {
  return `"${part.slice(0, 40)}" is neither a number nor a range`;
}

export function backwards(range: string): string {
  return `the range ${range} runs backwards`;
}

export function beyondWidest(channel: number, last: number): string {
  return `channel ${channel} is beyond the widest layer (0-${last})`;
}

export function partTwice(part: string): string {
  return `${part.slice(0, 40)} is there twice`;
}

export function notComparable(part: string): string {
  return `“${part.slice(0, 40)}” names no setting that may differ`;
}

export function partRefused(key: string, text: string, allowed: string): string {
  return `${key} is “${text.slice(0, 40)}”, allowed: ${allowed}`;
}
