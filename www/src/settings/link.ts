/**
 * The page's link: every setting in the address's fragment, as `#layer=block3_conv1&channels=0-39&…`, then what is
 * looked at, as `&channel=12&iteration=57`, unless that is the whole grid at its newest. Links that were changed on their
 * way are read as what they were, where that is plain.
 */
import * as words from "../words/link";
import { bareKey, isNothing, originals, squashed } from "./mend";
import { KEYS, type Problem, readSettings, type Settings, writeBriefly } from "./table";
import { readView, VIEW_KEYS, type View, WHOLE_GRID, writeView } from "./view";

export const LINK_KEYS: readonly string[] = [...KEYS, ...VIEW_KEYS];
const BY_LETTERS = new Map(LINK_KEYS.map((key) => [squashed(key), key]));

/** Put into queries by others, or by the frame for itself. */
const NOT_OURS = /^(?:controls|ref|si|utm_.*|.*clid|mc_.*|igsh.*)$/;

export interface LinkReading {
  settings: Settings;
  view: View;
  problems: Problem[];
  /** Whether the link had been changed on its way, so that another text is the link of these settings. */
  mended: boolean;
}

/** `query` is read too where it has settings: then a `?` stands for the `#`. */
export function readLink(fragment: string, query = ""): LinkReading {
  const inQuery = settingsIn(query);
  const link = [...inQuery, fragment.replace(/^#/, "")].filter(Boolean).join("&");
  const asWritten = read(link);
  const reading = asWritten.problems.length === 0 ? asWritten : bestOf(link, asWritten);
  return { ...reading, mended: reading.mended || inQuery.length > 0 };
}

/** What of a query is no setting, with its question mark, or nothing. */
export function queryBeside(query: string): string {
  const rest = settingsIn(query).length > 0 ? piecesOf(query).filter(isNotOurs) : piecesOf(query);
  return rest.length > 0 ? `?${rest.join("&")}` : "";
}

export function writeLink(settings: Settings, view: View = WHOLE_GRID): string {
  return writeFragment([...writeBriefly(settings), ...writeView(view)]);
}

/** A link of these texts by key; what it does not say has its default. */
export function writeFragment(texts: readonly (readonly [string, string])[]): string {
  return `#${texts.map(([key, text]) => `${key}=${encode(text)}`).join("&")}`;
}

/** Fragments may hold slashes, colons and commas as they are, which keeps links readable. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%2C", ",");
}

/** The reading that leaves the fewest problems; the text as it is wins a draw. */
function bestOf(link: string, asWritten: LinkReading): LinkReading {
  let best = asWritten;
  for (const text of new Set(originals(link))) {
    const reading = text === link ? asWritten : read(text);
    if (reading.problems.length < best.problems.length) best = { ...reading, mended: true };
  }
  return best;
}

function read(link: string): LinkReading {
  const { texts, strangers, mended: ofKeys } = textsIn(link);
  const { settings, problems, mended: ofSettings } = readSettings(texts);
  const { view, problems: ofView, mended: ofTheView } = readView(texts, settings);
  const [first] = strangers;
  const strange = first === undefined ? [] : [{ key: first, message: words.unknownKeys(strangers) }];
  const all = [...strange, ...problems, ...ofView];
  return { settings, view, problems: all, mended: ofKeys || ofSettings || ofTheView };
}

/** Texts by key, and what is no key of ours. A key in another spelling counts where the key itself is not there. */
function textsIn(link: string): { texts: Map<string, string>; strangers: string[]; mended: boolean } {
  const pairs = [...new URLSearchParams(link)];
  const texts = new Map(pairs.filter(([key]) => LINK_KEYS.includes(key)));
  const strangers: string[] = [];
  let mended = false;
  for (const [given, text] of pairs) {
    if (LINK_KEYS.includes(given) || isNothing(given, text)) continue;
    const key = BY_LETTERS.get(bareKey(given));
    if (key === undefined || texts.has(key)) {
      strangers.push(given);
    } else {
      texts.set(key, lowered(given, text));
      mended = true;
    }
  }
  return { texts, strangers, mended };
}

/** A link whose keys are in capitals was put in capitals as a whole. */
function lowered(key: string, text: string): string {
  return key === key.toUpperCase() && text === text.toUpperCase() ? text.toLowerCase() : text;
}

/** The pieces of a query that are a link's; none where no setting is among them. */
function settingsIn(query: string): string[] {
  const pieces = piecesOf(query);
  const ours = pieces.filter((piece) => !isNotOurs(piece));
  return ours.some(namesSetting) ? ours : [];
}

function piecesOf(query: string): string[] {
  return query.replace(/^\?/, "").split("&").filter(Boolean);
}

function namesSetting(piece: string): boolean {
  return [...originals(piece)].some((text) =>
    [...new URLSearchParams(text).keys()].some((key) => BY_LETTERS.has(bareKey(key))),
  );
}

function isNotOurs(piece: string): boolean {
  return NOT_OURS.test(piece.split("=", 1)[0] ?? "");
}
