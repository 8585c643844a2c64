/**
 * The page's link: every setting in the address's fragment, as `#layer=block3_conv1&channels=0-39&…`, then what is
 * looked at, as `&channel=12&iteration=57`, unless that is the whole grid at its newest.
 */
import * as words from "../words/link";
import { KEYS, type Problem, readSettings, type Settings, writeSettings } from "./table";
import { readView, VIEW_KEYS, type View, WHOLE_GRID, writeView } from "./view";

const LINK_KEYS = [...KEYS, ...VIEW_KEYS];

const STRANGERS_NAMED = 8;

export function readLink(fragment: string): { settings: Settings; view: View; problems: Problem[] } {
  const texts = new Map<string, string>();
  const strangers: Problem[] = [];
  for (const [key, text] of new URLSearchParams(fragment.replace(/^#/, ""))) {
    if (LINK_KEYS.includes(key)) texts.set(key, text);
    else strangers.push(unknownKey(key));
  }
  const { settings, problems } = readSettings(texts);
  const { view, problems: ofView } = readView(texts, settings);
  return { settings, view, problems: [...shortened(strangers), ...problems, ...ofView] };
}

export function writeLink(settings: Settings, view: View = WHOLE_GRID): string {
  return writeFragment([...writeSettings(settings), ...writeView(view)]);
}

/** A link of these texts by key; what it does not say has its default. */
export function writeFragment(texts: readonly (readonly [string, string])[]): string {
  return `#${texts.map(([key, text]) => `${key}=${encode(text)}`).join("&")}`;
}

/** Fragments may hold slashes, colons and commas as they are, which keeps links readable. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%2C", ",");
}

/** A link may hold any number of keys; the page names the first few. */
function shortened(strangers: Problem[]): Problem[] {
  const rest = strangers.slice(STRANGERS_NAMED);
  const [first] = rest;
  if (!first) return strangers;
  const message = words.moreUnknownKeys(rest.length);
  return [...strangers.slice(0, STRANGERS_NAMED), { key: first.key, message }];
}

function unknownKey(key: string): Problem {
  return { key, message: words.unknownKey(key, LINK_KEYS) };
}
