/** What a host sends, and the names hosts give to one state of a file. */
import { createHash } from "node:crypto";

/** A file's bytes, which may be made only when they are asked for; a Buffer is one whose bytes are there. */
export interface Contents {
  readonly length: number;
  /** From `start` up to, not including, `end`. */
  subarray(start: number, end: number): Uint8Array;
}

export const NOTHING: Contents = Buffer.alloc(0);

/** Bytes of a piece of contents that are in memory at a time. */
const PIECE = 1 << 16;

/** Pieces of the contents, in order. */
export function* pieces(contents: Contents, size = PIECE): Generator<Uint8Array> {
  for (let from = 0; from < contents.length; from += size) {
    yield contents.subarray(from, Math.min(from + size, contents.length));
  }
}

/** A part of contents, still without making its bytes. */
export function part(contents: Contents, start: number, end: number): Contents {
  const last = Math.min(end, contents.length);
  return {
    length: Math.max(0, last - start),
    subarray: (from, to) => contents.subarray(start + from, Math.min(start + to, last)),
  };
}

/** Everything at once: for small files. */
export function whole(contents: Contents): Buffer {
  return Buffer.from(contents.subarray(0, contents.length));
}

/** Another one whenever length, beginning or end differ: large files are not read to name them. */
export function entityTag(contents: Contents): string {
  const hash = createHash("sha1").update(String(contents.length));
  hash.update(contents.subarray(0, Math.min(PIECE, contents.length)));
  hash.update(contents.subarray(Math.max(0, contents.length - PIECE), contents.length));
  return `"${hash.digest("hex").slice(0, 16)}"`;
}
