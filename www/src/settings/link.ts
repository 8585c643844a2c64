/** The page's link: every setting in the address's fragment, as `#layer=block3_conv1&channels=0-39&…`. */
import { KEYS, type Problem, readSettings, type Settings, writeSettings } from "./table";

const STRANGERS_NAMED = 8;

export function readLink(fragment: string): { settings: Settings; problems: Problem[] } {
  const texts = new Map<string, string>();
  const strangers: Problem[] = [];
  for (const [key, text] of new URLSearchParams(fragment.replace(/^#/, ""))) {
    if (KEYS.includes(key)) texts.set(key, text);
    else strangers.push(unknownKey(key));
  }
  const { settings, problems } = readSettings(texts);
  return { settings, problems: [...shortened(strangers), ...problems] };
}

export function writeLink(settings: Settings): string {
  const pairs = [...writeSettings(settings)].map(([key, text]) => `${key}=${encode(text)}`);
  return `#${pairs.join("&")}`;
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
  const message = `The link says ${rest.length} more things that are no setting.`;
  return [...strangers.slice(0, STRANGERS_NAMED), { key: first.key, message }];
}

function unknownKey(key: string): Problem {
  const shown = key.length > 40 ? `${key.slice(0, 40)}…` : key;
  return { key, message: `The link says “${shown}”, which is no setting. Known: ${KEYS.join(", ")}.` };
}
