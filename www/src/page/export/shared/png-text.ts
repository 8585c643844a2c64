/**
 * The chunks that PNG files consist of, and text in some of them, of the kind iTXt: written into a finished file, and read
 * from one that may be anything. No pixel is touched either way.
 */
import * as words from "../../../words/restore";

export const SIGNATURE: readonly number[] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Around a chunk's data: length and type before it, checksum after it. */
const LENGTH_AND_TYPE = 8;
const FRAME = 12;

interface Chunk {
  type: string;
  data: Uint8Array;
  /** Where the chunk begins in the file. */
  at: number;
}

/** Whether a file's first bytes are those of a PNG. */
export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte);
}

/** The same picture with these texts in it, by keyword, in the order given. */
export function withTexts(png: Uint8Array, texts: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const end = [...chunksOf(png)].find(({ type }) => type === "IEND")?.at;
  if (end === undefined) throw new Error(words.incompletePng);
  const added = Object.entries(texts).map(([keyword, text]) => textChunk(keyword, text));
  return joined([png.subarray(0, end), ...added, png.subarray(end)]);
}

/** The text with this keyword; undefined where the file has none, or is no PNG. */
export function textIn(png: Uint8Array, keyword: string): string | undefined {
  if (!isPng(png)) return undefined;
  const prefix = [...latin(keyword), 0];
  for (const { type, data } of chunksOf(png)) {
    const named = type === "iTXt" && prefix.every((byte, index) => data[index] === byte);
    const text = named ? plainText(data.subarray(prefix.length)) : undefined;
    if (text !== undefined) return text;
  }
  return undefined;
}

/** What follows the keyword, where it is not compressed: two flags, language, translated keyword, text. */
function plainText(rest: Uint8Array): string | undefined {
  const language = rest.indexOf(0, 2);
  const translated = rest.indexOf(0, language + 1);
  if (rest[0] !== 0 || language < 0 || translated < 0) return undefined;
  return new TextDecoder().decode(rest.subarray(translated + 1));
}

/** Every whole chunk, up to the first that is longer than the file. */
function* chunksOf(png: Uint8Array): Generator<Chunk> {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let at = SIGNATURE.length; at + FRAME <= png.length; ) {
    const length = view.getUint32(at);
    if (length > png.length - at - FRAME) return;
    const type = String.fromCharCode(...png.subarray(at + 4, at + LENGTH_AND_TYPE));
    yield { type, data: png.subarray(at + LENGTH_AND_TYPE, at + LENGTH_AND_TYPE + length), at };
    at += FRAME + length;
  }
}

function textChunk(keyword: string, text: string): Uint8Array {
  // Not compressed, no language, no translated keyword.
  return chunk("iTXt", [latin(keyword), [0, 0, 0, 0, 0], new TextEncoder().encode(text)]);
}

/** A chunk as it stands in a file; its data is given in parts. */
export function chunk(type: string, data: readonly ArrayLike<number>[]): Uint8Array {
  const body = joined([latin(type), ...data]);
  const made = new Uint8Array(body.length + 8);
  const view = new DataView(made.buffer);
  view.setUint32(0, body.length - 4);
  made.set(body, 4);
  view.setUint32(body.length + 4, crc32(body));
  return made;
}

function latin(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}

export function joined(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** What each byte does to a checksum. */
const CHECKS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let check = byte;
  for (let bit = 0; bit < 8; bit++) check = (check >>> 1) ^ (check & 1 ? 0xedb88320 : 0);
  return check;
});

/** The checksum of PNG and zip: a start picture makes a text of megabytes. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CHECKS[(crc ^ byte) & 0xff] ?? 0);
  return ~crc >>> 0;
}
