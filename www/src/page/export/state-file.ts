/**
 * What is on screen as a JSON file, and back. The settings are those of the link, by the same keys and read by the same
 * table, so that whatever somebody writes into such a file is checked as a link is.
 */
import { FIELDS, fieldOf, NAMES, type Settings, writeBriefly } from "../../settings/table";
import { type View, writeView } from "../../settings/view";
import * as words from "../../words/restore";
import type { StartPicture } from "../base/start-picture";
import { readStart, saveStart } from "./saved-start";

/** The keyword of a PNG's text that holds the same JSON. */
export const KEYWORD = "vggscope";
const VERSION = 1;
const START = FIELDS.startFrom.key;

/** What the file says beside the settings. */
interface Circumstances {
  /** The whole address. */
  link: string;
  /** Of the weights, as they name themselves. */
  model: { name: string; licence: string; source: string } | undefined;
  /** The name of the weight file from disk, where one was open in place of the link's weights. */
  file: string | undefined;
  /** The picture that the climb began with, where there was one in place of the link's start. */
  picture: StartPicture | undefined;
}

/** What a file restores. */
export interface Restored {
  /** Settings and view by key, as in a link. */
  pairs: [key: string, text: string][];
  /** The weight file from disk that was open. */
  file: string | undefined;
  /** The picture that the climb began with. */
  picture: StartPicture | undefined;
  /** Whether it began with one that is not here. */
  pictureMissing: boolean;
}

/** What a file says in place of the setting, where a picture was the start. */
const PICTURE = "picture";

export function writeStateFile(settings: Settings, view: View, about: Circumstances): string {
  const { link, model, file, picture } = about;
  const state = {
    vggscope: VERSION,
    settings: { ...plain(settings), ...(picture && { [START]: PICTURE }) },
    view: Object.fromEntries(
      [...writeView(view)].map(([key, text]) => [key, /^\d+$/.test(text) ? Number(text) : text]),
    ),
    model: { ...model, ...(file !== undefined && { file }) },
    link,
    // Last: it is long.
    ...(picture && { start: saveStart(picture, settings) }),
  };
  return `${JSON.stringify(state, null, 2)}\n`;
}

/** What the text restores, or a sentence on why it does not. */
export function readStateFile(text: string): Restored | string {
  const state = parsed(text);
  if (state === undefined) return words.notJson;
  if (!isObject(state) || !("vggscope" in state)) return words.jsonWithoutSettings;
  if (state.vggscope !== VERSION) return words.otherVersion(textOf(state.vggscope).slice(0, 40), VERSION);
  if (!isObject(state.settings)) return words.settingsMissing;
  const view = isObject(state.view) ? state.view : {};
  const file = isObject(state.model) && typeof state.model.file === "string" ? state.model.file : undefined;
  const hadPicture = state.settings[START] === PICTURE;
  const picture = hadPicture ? readStart(state.start) : undefined;
  const { [START]: _start, ...others } = state.settings;
  const settings = hadPicture ? others : state.settings;
  // A value of the wrong kind becomes a text that its field refuses by name.
  const pairs = Object.entries({ ...settings, ...view }).map(([key, value]): [string, string] => [
    key,
    textOf(value),
  ]);
  return { pairs, file, picture, pictureMissing: hadPicture && !picture };
}

/** Numbers as numbers, the rest as the link has it. */
function plain(settings: Settings): Record<string, string | number> {
  const numbers = NAMES.map(fieldOf).filter(({ bounds }) => bounds !== undefined);
  const keys = new Set(numbers.map(({ key }) => key));
  return Object.fromEntries(
    writeBriefly(settings).map(([key, text]) => [key, keys.has(key) ? Number(text) : text]),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
