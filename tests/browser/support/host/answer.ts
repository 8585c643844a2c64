/** The answer of a well-behaved static host. */
import { extname } from "node:path";
import { type Contents, entityTag, NOTHING, part } from "./contents";

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Contents;
  /** How the answer ends before its body does, if it does. */
  breaks?: { after: number; by: "closing" | "silence" };
  /** The host sends no faster. */
  bytesPerSecond?: number;
}

/** What a host tells of a file, so that a reader can ask later whether it changed. */
export type Validator = "etag" | "last-modified" | "none";

export interface Question {
  pathname: string;
  /** The request's header. */
  range: string | undefined;
  validator: Validator;
}

const TYPES: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".ts": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

const LAST_MODIFIED = "Mon, 08 Jan 2024 09:00:00 GMT";

/** All of the file, the one range asked for, or why not. */
export function answer(file: Contents | undefined, { pathname, range, validator }: Question): Answer {
  if (!file) return { status: 404, headers: {}, body: NOTHING };
  const headers = {
    "content-type": TYPES[extname(pathname) || ".html"] ?? "application/octet-stream",
    "accept-ranges": "bytes",
    ...validators(file, validator),
  };
  const asked = parseRange(range, file.length);
  if (asked === undefined) return { status: 200, headers: { ...headers, ...lengthOf(file) }, body: file };
  if (asked === "beyond") {
    return { status: 416, headers: { "content-range": `bytes */${file.length}` }, body: NOTHING };
  }
  const body = part(file, asked.start, asked.end);
  const contentRange = `bytes ${asked.start}-${asked.end - 1}/${file.length}`;
  return { status: 206, headers: { ...headers, ...lengthOf(body), "content-range": contentRange }, body };
}

export function webPage(): Answer {
  const body = Buffer.from("<!doctype html><title>Welcome</title><p>Nothing of that name here.");
  return { status: 200, headers: { "content-type": TYPES[".html"] ?? "", ...lengthOf(body) }, body };
}

export function lengthOf({ length }: { length: number }): { "content-length": string } {
  return { "content-length": String(length) };
}

function validators(file: Contents, validator: Validator): Record<string, string> {
  if (validator === "etag") return { etag: entityTag(file) };
  return validator === "last-modified" ? { "last-modified": LAST_MODIFIED } : {};
}

/** A single range of bytes; several, or other units, are answered with everything, as the standard allows. */
function parseRange(range: string | undefined, length: number): Range | "beyond" | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
  if (!first && !last) return undefined;
  const start = first ? Number(first) : Math.max(0, length - Number(last));
  const end = first && last ? Math.min(Number(last) + 1, length) : length;
  return start < end ? { start, end } : "beyond";
}

interface Range {
  start: number;
  end: number;
}
