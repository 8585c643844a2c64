/**
 * What of a run is looked at: which channel is open, which iterate is shown, beside what, and the tour. Changing it never
 * starts a run.
 */
import { defined } from "../basics/defined";
import { LIMITS } from "../basics/limits";
import { WIDEST } from "../basics/vgg16";
import * as words from "../words/link";
import * as labels from "../words/view";
import { type Beside, readBeside, writeBeside } from "./beside";
import { type Field, number, oneOf, orWord } from "./field";
import { respellings } from "./mend";
import { type Findings, type Problem, readOne, type Settings, writeSettings } from "./table";

export interface View {
  /** The channel whose tile is open; undefined: none. */
  channel: number | undefined;
  /** The iterate shown, 0 being the start; undefined: the newest. */
  iteration: number | undefined;
  /** What differs on the other side, where two settings are seen side by side; undefined: they are not. */
  beside?: Beside | undefined;
  /** Kept iterates that players show in a second; undefined: `USUAL_SPEED`. */
  speed?: number | undefined;
  /** The program shown under the pictures; undefined: none. */
  code?: ProgramKind | undefined;
  /** The step of the guided tour, from 1; undefined: no tour. It stays while the reader looks around and tries things. */
  tour?: number | undefined;
}

/** Kept iterates that a player may show in a second. */
export const SPEEDS: readonly number[] = [2, 5, 10, 20, 30, 60];
export const USUAL_SPEED = 20;

/** The programs that the page writes. */
export const PROGRAMS = ["r", "keras", "pytorch"] as const;
export type ProgramKind = (typeof PROGRAMS)[number];

/** Steps of the guided tour. */
const TOUR_STEPS = 6;

export const WHOLE_GRID: View = { channel: undefined, iteration: undefined, beside: undefined };

const beside: Field<Beside> = {
  key: "beside",
  ...labels.beside,
  initial: {},
  allowed: words.besideAllowed,
  read: readBeside,
  respell: respellings,
  write: writeBeside,
};

const FIELDS = {
  speed: orWord(oneOf({ key: "speed", ...labels.speed }, USUAL_SPEED, SPEEDS), "usual"),
  code: orWord(oneOf({ key: "code", ...labels.code }, "r", PROGRAMS), "none"),
  channel: orWord(
    number({ key: "channel", ...labels.channel }, 0, {
      min: 0,
      max: WIDEST - 1,
    }),
    "none",
  ),
  iteration: orWord(
    number({ key: "iteration", ...labels.iteration }, 0, {
      min: 0,
      max: LIMITS.iterations.max,
    }),
    "newest",
  ),
  beside: orWord(beside, "none"),
  tour: orWord(
    number({ key: "tour", ...labels.tour }, 0, {
      min: 1,
      max: TOUR_STEPS,
    }),
    "none",
  ),
};

export const VIEW_KEYS: readonly string[] = Object.values(FIELDS).map(({ key }) => key);

/** Reads texts by key; what is not part of the run that `settings` make is a problem too. */
export function readView(texts: ReadonlyMap<string, string>, settings: Settings): Findings & { view: View } {
  const found: Findings = { problems: [], mended: false };
  // Each value was read by the field of its own name.
  const channel = readOne(FIELDS.channel, texts, found) as View["channel"];
  const iteration = readOne(FIELDS.iteration, texts, found) as View["iteration"];
  const other = readOne(FIELDS.beside, texts, found) as View["beside"];
  const lasting = {
    speed: readOne(FIELDS.speed, texts, found) as View["speed"],
    code: readOne(FIELDS.code, texts, found) as View["code"],
    tour: readOne(FIELDS.tour, texts, found) as View["tour"],
  };
  const absent = channel !== undefined && !settings.channels.includes(channel);
  const beyond = iteration !== undefined && iteration > settings.iterations;
  if (absent) found.problems.push(notShown(channel, settings));
  if (beyond) found.problems.push(tooFar(iteration, settings));
  const view = { channel: absent ? undefined : channel, iteration: beyond ? undefined : iteration };
  return { view: { ...view, beside: other, ...defined(lasting) }, ...found };
}

/** What differs from the whole grid at its newest, as text by key. */
export function writeView(view: View): Map<string, string> {
  const { channel, iteration, beside: other, speed, code, tour } = view;
  const texts = new Map<string, string>();
  if (channel !== undefined) texts.set(FIELDS.channel.key, FIELDS.channel.write(channel));
  if (iteration !== undefined) texts.set(FIELDS.iteration.key, FIELDS.iteration.write(iteration));
  if (other !== undefined) texts.set(FIELDS.beside.key, FIELDS.beside.write(other));
  if (speed !== undefined) texts.set(FIELDS.speed.key, FIELDS.speed.write(speed));
  if (code !== undefined) texts.set(FIELDS.code.key, FIELDS.code.write(code));
  if (tour !== undefined) texts.set(FIELDS.tour.key, FIELDS.tour.write(tour));
  return texts;
}

function notShown(channel: number, settings: Settings): Problem {
  const shown = writeSettings(settings).get("channels") ?? "";
  return { key: FIELDS.channel.key, message: words.channelNotShown(channel, shown) };
}

function tooFar(iteration: number, { iterations }: Settings): Problem {
  return { key: FIELDS.iteration.key, message: words.iterationTooFar(iteration, iterations) };
}
