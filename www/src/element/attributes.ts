/** What the element's attributes say, and what of it was not understood. */
import { FIELDS, KEYS, type Problem, readSettings, type Settings } from "../settings/table";
import { readView } from "../settings/view";
import * as sentences from "../words/link";

/** Words of an attribute, of which the first is its default. */
const CONTROLS = ["minimal", "full", "none"] as const;
const LOADING = ["lazy", "eager"] as const;
const KEEP = ["last", "all"] as const;

export interface Attributes {
  settings: Settings;
  controls: (typeof CONTROLS)[number];
  loading: (typeof LOADING)[number];
  keep: (typeof KEEP)[number];
  /** The iterate to show; undefined: the newest. */
  iteration: number | undefined;
  problems: Problem[];
}

export const ATTRIBUTES: readonly string[] = [...KEYS, "controls", "loading", "keep", "poster", "iteration"];

export function readAttributes(element: Element): Attributes {
  const given = KEYS.flatMap((key) => {
    const text = element.getAttribute(key);
    return text === null ? [] : [[key, text] as const];
  });
  const { settings, problems } = readSettings(new Map(given));
  const word = <T extends string>(key: string, words: readonly [T, ...T[]]): T => {
    const { value, problem } = readWord(element, key, words);
    if (problem) problems.push(problem);
    return value;
  };
  const controls = word("controls", CONTROLS);
  const loading = word("loading", LOADING);
  const kept = word("keep", KEEP);
  const shown = element.getAttribute("iteration");
  const { view, problems: ofView } = readView(
    new Map(shown === null ? [] : [["iteration", shown]]),
    settings,
  );
  problems.push(...ofView);
  const { iteration } = view;
  // Who may scrub needs every iterate, and so does one that is not the newest.
  const needsAll = controls === "full" || iteration !== undefined;
  const keep = needsAll && !element.hasAttribute("keep") ? "all" : kept;
  return { settings, controls, loading, keep, iteration, problems };
}

function readWord<T extends string>(
  element: Element,
  key: string,
  words: readonly [T, ...T[]],
): { value: T; problem?: Problem } {
  const text = element.getAttribute(key) ?? words[0];
  const value = words.find((word) => word === text);
  if (value !== undefined) return { value };
  const message = sentences.attributeRefused(key, text, words);
  return { value: words[0], problem: { key, message } };
}

/** Attributes that a paused run goes on with. */
const CHANGEABLE = [FIELDS.learningRate.key, FIELDS.step.key, FIELDS.iterations.key];

/** Whether a paused run can go on with another value of this attribute. */
export function changesPaused(name: string): boolean {
  return CHANGEABLE.includes(name);
}

/** Whether another value of this attribute means another run. */
export function changesRun(name: string, before: string | null, after: string | null): boolean {
  if (name === "controls") return before === "full" || after === "full";
  return name !== "poster" && name !== "loading";
}
