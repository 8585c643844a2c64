/** What the values of a catalogue's entry may be. Whatever is read here was written by somebody else. */

import { PREPROCESSINGS } from "../../basics/limits.ts";
import { LAYERS } from "../../basics/vgg16.ts";
import * as words from "../../words/catalogue.ts";
import { MODEL_ID } from "./entry.ts";

export interface Check {
  readonly key: string;
  /** May be left out. */
  readonly optional?: true;
  /** What is allowed, as a piece of a sentence. */
  readonly allowed: string;
  accepts(value: unknown): boolean;
}

/** More than any network of this kind takes. */
const MOST_BYTES = 1e11;
const MOST_SOURCES = 8;
const LONGEST_ADDRESS = 2000;
const CONVOLUTIONS = new Set(LAYERS.filter(({ kind }) => kind === "convolution").map(({ name }) => name));

/** `base` is the catalogue's own address. */
export function checksOf(base: string): readonly Check[] {
  const address = (value: unknown) => typeof value === "string" && isAddress(value, base);
  return [
    { key: "id", allowed: words.allowed.id, accepts: isId },
    { key: "name", ...text(100) },
    { key: "note", ...text(1000) },
    { key: "licence", ...text(400) },
    { key: "architecture", ...oneOf(["vgg16"]) },
    { key: "preprocessing", ...oneOf(PREPROCESSINGS) },
    { key: "bytes", allowed: words.allowed.bytes(MOST_BYTES), accepts: isSize },
    {
      key: "sources",
      allowed: words.allowed.sources(MOST_SOURCES),
      accepts: (value) => Array.isArray(value) && isCount(value.length, MOST_SOURCES) && value.every(address),
    },
    {
      key: "sha256",
      optional: true,
      allowed: words.allowed.digests,
      accepts: (value) => isObject(value) && Object.entries(value).every(isDigestOfLayer),
    },
    {
      key: "download",
      optional: true,
      allowed: words.allowed.download,
      accepts: (value) =>
        isObject(value) && address(value.url) && isSize(value.bytes) && isDigestOfFile(value),
    },
  ];
}

/** The first value that is not allowed: its key, the value and what is. */
export function problemIn(
  entry: Readonly<Record<string, unknown>>,
  checks: readonly Check[],
): { key: string; value: unknown; allowed: string } | undefined {
  for (const { key, optional, allowed, accepts } of checks) {
    const value = Object.hasOwn(entry, key) ? entry[key] : undefined;
    if (value === undefined && optional) continue;
    if (!accepts(value)) return { key, value, allowed };
  }
  return undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** No script, no data and no password: what is fetched is a file on a host. */
function isAddress(text: string, base: string): boolean {
  if (text.trim() === "" || text.length > LONGEST_ADDRESS || !URL.canParse(text, base)) return false;
  const { protocol, username, password } = new URL(text, base);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}

function isCount(value: number, most: number): boolean {
  return value >= 1 && value <= most;
}

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && isCount(Number(value), MOST_BYTES);
}

function isDigestOfLayer([layer, digest]: [string, unknown]): boolean {
  return CONVOLUTIONS.has(layer) && isHex(digest, 64);
}

function isDigestOfFile({ md5, sha256 }: Record<string, unknown>): boolean {
  const fine = (digest: unknown, digits: number) => digest === undefined || isHex(digest, digits);
  return fine(md5, 32) && fine(sha256, 64) && (md5 ?? sha256) !== undefined;
}

function isHex(value: unknown, digits: number): boolean {
  return typeof value === "string" && value.length === digits && /^[0-9a-f]+$/.test(value);
}

/** In links "none" says that no model is named. */
function isId(value: unknown): boolean {
  return typeof value === "string" && MODEL_ID.test(value) && value !== "none";
}

/** Text that people read: neither empty nor endless, and without characters that hide or turn what follows. */
function text(most: number): Pick<Check, "allowed" | "accepts"> {
  return {
    allowed: words.allowed.text(most),
    accepts: (value) =>
      typeof value === "string" && isCount(value.trim().length, most) && !/[\p{Cc}\p{Cf}]/u.test(value),
  };
}

function oneOf(values: readonly string[]): Pick<Check, "allowed" | "accepts"> {
  return {
    allowed: words.allowed.oneOf(values),
    accepts: (value) => typeof value === "string" && values.includes(value),
  };
}
