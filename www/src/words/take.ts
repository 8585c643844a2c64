/** What the panel that takes files away says. */
import { formatBytes, formatSeconds } from "./numbers";

export const takeItWithYou = "Take it with you";
export const takeThisChannelWithYou = "Take this channel with you";

export const picture = "Picture";
export const pictureHint =
  "The step shown, with a caption. The file holds the settings, and the start picture if there is one: dropped on this page, it brings them back.";
export const animation = "Animation";
export const animationHint = "From the start to the newest step, 20 pictures a second.";
export const numbers = "Numbers";
export const state = "State";
export const stateHint = "The settings as a file, which brings them back as a picture does.";
export const linkToScreen = "Link to what is on screen";

/** Each kind of file, on its button. */
export const kinds = {
  png: "PNG",
  gif: "GIF",
  webm: "WebM",
  mp4: "MP4",
  npz: "Iterates .npz",
  csv: "Measures .csv",
  json: "Settings .json",
} as const;

export type FileKind = keyof typeof kinds;

export const copy = "Copy";
export const copyTheLink = "Copy the link";
export const cancel = "Cancel";
export const restoreFromFile = "Restore from a file…";

/** The name of the bar that shows how far the work is. */
export const writingTheFile = "Writing the file";
export const cancelled = "Cancelled.";
export const startedAfresh = "The climb was started afresh before the file was complete.";
export const noPictures = "There are no pictures yet. Start the climb first.";
export const writersNotLoaded =
  "What writes files could not be loaded. Check the connection, then try again; if that does not help, reload the page.";

/** What the exact images take. */
export function numbersHint(bytes: number): string {
  return (
    ".npz: for each channel every step’s unsquashed values, 32-bit floats of shape (steps, height, width, 3), " +
    `${formatBytes(bytes)}; they are computed again, which takes about as long as the climb. ` +
    ".csv: mean activation, gradient norm and pixel range of each step."
  );
}

/** `secure` says whether the page came over https. */
export function cannotWrite(some: readonly FileKind[], secure: boolean): string {
  const named = some.map((kind) => kinds[kind]).join(" or ");
  if (secure) return `This browser cannot write ${named}.`;
  return `This page came over http, and browsers encode video for https pages only: ${named} can be had from an https address.`;
}

export function writing(kind: FileKind): string {
  return `Writing ${kinds[kind]}…`;
}

export function left(seconds: number): string {
  return `about ${formatSeconds(seconds)} left`;
}

/** `complete`: with the words that belong to it; `surely`: nobody else decides whether files are saved. */
export function saved(fileName: string, bytes: number, complete: boolean, surely: boolean): string {
  const lacking =
    "Its pictures are exact. The words under them are missing, because this browser hides from pages what they write on a canvas (resistance to fingerprinting).";
  const file = `${fileName}, ${formatBytes(bytes)}`;
  const done = surely ? `Saved ${file}.` : `Handed ${file}, to the browser. ${ifNothingArrives}`;
  return complete ? done : `${done} ${lacking}`;
}

const ifNothingArrives =
  "If no file arrives, the page that this one is part of, or was opened from, lets none be saved: copy the link above into a new tab, and take the file there.";
