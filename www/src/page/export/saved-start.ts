/**
 * A start picture inside a settings file: its values as they were, exactly. A photo's are whole levels and take a byte
 * each, what a climb has made takes its 32-bit floats.
 */
import { LIMITS } from "../../basics/limits";
import { pictureOf, type StartPicture } from "../base/start-picture";

interface Size {
  width: number;
  height: number;
}

/** As it stands in the file: `levels` are values times 255, and numbers have their low bytes first. */
export interface SavedStart extends Size {
  name: string;
  kind: "levels" | "floats";
  base64: string;
}

const LONGEST_NAME = 200;
/** Arguments of one call: more may be too many for a browser. */
const STRETCH = 0x8000;

export function saveStart(picture: StartPicture, { width, height }: Size): SavedStart {
  const values = picture.at(width, height);
  const levels = Uint8ClampedArray.from(values, (value) => value * 255);
  const whole = values.every((value, at) => value === Math.fround((levels[at] ?? 0) / 255));
  const bytes = whole ? levels : new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name: picture.name, width, height, kind: whole ? "levels" : "floats", base64: toBase64(bytes) };
}

/** The picture; undefined where the file holds none that is whole. */
export function readStart(saved: unknown): StartPicture | undefined {
  if (!isSaved(saved)) return undefined;
  const { name, width, height, kind, base64 } = saved;
  const bytes = fromBase64(base64);
  const values = bytes && (kind === "levels" ? fromLevels(bytes) : fromFloats(bytes));
  if (values?.length !== width * height * 3 || !values.every(Number.isFinite)) return undefined;
  return pictureOf(name.slice(0, LONGEST_NAME), values, { width, height });
}

function isSaved(saved: unknown): saved is SavedStart {
  if (typeof saved !== "object" || saved === null) return false;
  const { name, width, height, kind, base64 } = saved as Partial<Record<keyof SavedStart, unknown>>;
  const sized = isSize(width, LIMITS.width) && isSize(height, LIMITS.height);
  return (
    sized &&
    typeof name === "string" &&
    typeof base64 === "string" &&
    (kind === "levels" || kind === "floats")
  );
}

function isSize(size: unknown, { min, max }: { min: number; max: number }): boolean {
  return Number.isInteger(size) && Number(size) >= min && Number(size) <= max;
}

function fromLevels(levels: Uint8Array): Float32Array {
  return Float32Array.from(levels, (level) => level / 255);
}

function fromFloats(bytes: Uint8Array): Float32Array | undefined {
  return bytes.length % 4 === 0 ? new Float32Array(bytes.buffer) : undefined;
}

function toBase64(bytes: Uint8Array | Uint8ClampedArray): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += STRETCH)
    text += String.fromCharCode(...bytes.subarray(at, at + STRETCH));
  return btoa(text);
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}
