/**
 * The other settings of a side by side: what differs from the page's own, in the link as `step:l2,learning-rate:1`. Channel,
 * seed and size are the same on both sides, and so is the number of steps: scrubbing is linked.
 */
import * as words from "../words/link";
import { FIELDS, fieldOf, type SettingName, type Settings } from "./table";

/** What may differ, in this order. */
export const COMPARABLE = [
  "learningRate",
  "step",
  "preprocessing",
  "startFrom",
  "model",
  "weights",
] as const satisfies readonly SettingName[];

type Comparable = (typeof COMPARABLE)[number];
export type Beside = Partial<Pick<Settings, Comparable>>;

/** Stands for a side by side in which nothing differs yet. */
const SAME = "same";

const NAMES = new Map<string, Comparable>(COMPARABLE.map((name) => [FIELDS[name].key, name]));

/** The reading of such a text, or a sentence on what is wrong with it. */
export function readBeside(text: string): { ok: true; value: Beside } | { ok: false; why: string } {
  if (text.trim() === SAME) return { ok: true, value: {} };
  const pairs: [Comparable, unknown][] = [];
  for (const part of text.split(",", COMPARABLE.length + 1)) {
    const pair = readPair(part);
    if (typeof pair === "string") return { ok: false, why: pair };
    if (pairs.some(([name]) => name === pair[0])) return { ok: false, why: words.partTwice(part) };
    pairs.push(pair);
  }
  // Each value was read by the field of its own name.
  return { ok: true, value: Object.fromEntries(pairs) as Beside };
}

export function writeBeside(beside: Beside): string {
  const given = COMPARABLE.filter((name) => beside[name] !== undefined);
  const pairs = given.map((name) => `${FIELDS[name].key}:${escaped(fieldOf(name).write(beside[name]))}`);
  return pairs.join(",") || SAME;
}

/** What of `beside` differs from these settings. */
export function differing(beside: Beside, settings: Settings): Beside {
  const pairs = COMPARABLE.filter((name) => beside[name] !== undefined && beside[name] !== settings[name]);
  return Object.fromEntries(pairs.map((name) => [name, beside[name]])) as Beside;
}

function readPair(part: string): [Comparable, unknown] | string {
  const colon = part.indexOf(":");
  const key = part.slice(0, Math.max(0, colon));
  const name = NAMES.get(key.trim());
  if (!name) return words.notComparable(part);
  const { read, allowed } = FIELDS[name];
  const text = unescaped(part.slice(colon + 1));
  const reading = read(text);
  if (reading.ok) return [name, reading.value];
  return words.partRefused(key, text, allowed);
}

/** Commas part the settings from each other. */
function escaped(text: string): string {
  return text.replaceAll("%", "%25").replaceAll(",", "%2C");
}

function unescaped(text: string): string {
  return text.replaceAll("%2C", ",").replaceAll("%25", "%");
}
