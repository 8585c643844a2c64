/** What `weights` means: an address, of which the host says whether a folder or a file is there, or a file. */
import { VggscopeError } from "../public/errors";
import type { OpenOptions } from "../public/types";
import * as words from "../words/options";
import { behindHubPage } from "./hub-address";
import type { WeightSource } from "./protocol";

/** Throws `invalid-option` for what cannot be the address of weights; relative addresses count from `base`. */
export function weightSource(weights: NonNullable<OpenOptions["weights"]>, base: string | URL): WeightSource {
  if (weights instanceof ArrayBuffer) return { source: new Blob([weights]), name: words.givenBytes };
  if (weights instanceof Blob) return { source: weights, name: nameOf(weights) };
  const { href } = behindHubPage(parse(weights, base));
  return { source: href, name: href };
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
