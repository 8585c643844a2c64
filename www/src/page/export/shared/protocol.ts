/** Every message between the page and the worker that writes files. */
import type { Sheet } from "./sheet";

/** A picture, or several that move, with words under them. */
export interface SheetJob {
  kind: "png" | "gif" | "webm" | "mp4";
  sheet: Sheet;
  picture: { width: number; height: number };
  /** Said under the pictures of every frame, after the frame's own line. */
  caption: string;
  /** Of all frames' own lines: every frame leaves room for it. */
  longestTitle: string;
  /** Text to put into the file, by keyword. */
  texts: Readonly<Record<string, string>>;
}

/** Exact images of some channels. */
export interface ArraysJob {
  kind: "npz";
  channels: readonly number[];
  /** Of each channel's array: steps, height, width, colours. */
  shape: readonly [number, number, number, number];
}

export type Job = SheetJob | ArraysJob;

/** One frame of a sheet. */
export interface Frame {
  title: string;
  /** Under each picture. */
  labels: readonly string[];
  /** RGBA bytes of each picture. */
  pictures: readonly Uint8ClampedArray<ArrayBuffer>[];
  /** How long it is to be seen. */
  seconds: number;
}

/** Some steps of one channel, in order: numbers as they follow each other in the array. */
export interface Stretch {
  channel: number;
  values: readonly Float32Array<ArrayBuffer>[];
}

export type Order =
  | { kind: "begin"; job: Job }
  | { kind: "frame"; frame: Frame }
  | { kind: "stretch"; stretch: Stretch }
  | { kind: "end" };

/** One answer for each order: done, with the file where that was the last, and whether it lacks its words; or what went wrong. */
export type Answer = Done | Failed;

export interface Done {
  kind: "done";
  file?: Blob;
  wordless?: boolean;
}

/** `engine-unavailable`: what writes this kind of file did not come. */
export interface Failed {
  kind: "failed";
  code: "engine-unavailable" | "compute-failed";
  message: string;
}
