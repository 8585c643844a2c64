/** What `weights` means: an address, of which the host says whether a folder or a file is there, or a file. */
import { VggscopeError } from "../public/errors";
import type { CatalogueModel, OpenOptions } from "../public/types";
import * as words from "../words/options";
import type { OpenedEntry } from "./catalogue/default-model";
import { behindHubPage } from "./hub-address";
import type { WeightSource } from "./shared/protocol";
import type { ExpectedFile } from "./shared/wasm-module";
import type { Stated } from "./stated";

/** Throws `invalid-option` for what cannot be the address of weights; relative addresses count from `base`. */
export function weightSource(
  weights: Exclude<OpenOptions["weights"], CatalogueModel | undefined>,
  base: string | URL,
): WeightSource {
  if (weights instanceof ArrayBuffer) return { sources: new Blob([weights]), name: words.givenBytes };
  if (weights instanceof Blob) return { sources: weights, name: nameOf(weights) };
  const { href } = behindHubPage(parse(weights, base));
  return { sources: [href], name: href };
}

/** A model of the catalogue, whose relative addresses count from `base`, with what the catalogue says of it. */
export function entrySource(
  { sources, name, note, licence, preprocessing, sha256 }: OpenedEntry,
  base: string | URL,
): WeightSource & { stated: Stated; expected: ExpectedFile } {
  const addresses = sources.map((source) => parse(source, base).href);
  const [first = ""] = addresses;
  const stated = { name, description: note, licence, preprocessing, source: first };
  return { sources: addresses, name: first, stated, expected: sha256 ? { sha256 } : {} };
}

function nameOf(blob: Blob): string {
  return blob instanceof File && blob.name !== "" ? blob.name : words.givenBytes;
}

function parse(weights: string | URL, base: string | URL): URL {
  const given = String(weights).trim();
  // With one slash it would be a path of this page's own host where that has the same scheme.
  const whole = given.replace(/^(https?:)\/(?!\/)/i, "$1//");
  const address = URL.canParse(whole, base) ? new URL(whole, base) : undefined;
  if (!address || !/^https?:$/.test(address.protocol)) throw refusal(given, words.weightsAddress);
  const { username, password } = address;
  if (username || password) throw refusal(given, words.noUserName);
  address.hash = "";
  return address;
}

function refusal(given: string, allowed: string): VggscopeError {
  const shown = given.length > 200 ? `${given.slice(0, 200)}…` : given;
  return new VggscopeError(
    "invalid-option",
    words.invalid("Vggscope.open", "weights", `"${shown}"`, allowed),
  );
}
