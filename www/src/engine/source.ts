/** What `weights` means: a folder, one file's address, or a file. */
import { VggscopeError } from "../public/errors";
import type { OpenOptions } from "../public/types";
import * as words from "../words/options";
import type { WeightSource } from "./protocol";

const INDEX_FILE = "model.safetensors.index.json";

/** Endings of weight files; an address without one is a folder. */
const FILE = /\.(?:safetensors|h5|hdf5|keras|pth|pt|onnx|bin|ckpt)$/i;

/** Throws `invalid-option` for what cannot be the address of weights; relative addresses count from `base`. */
export function weightSource(weights: NonNullable<OpenOptions["weights"]>, base: string | URL): WeightSource {
  if (weights instanceof ArrayBuffer) return { source: new Blob([weights]), name: words.givenBytes };
  if (weights instanceof Blob) return { source: weights, name: nameOf(weights) };
  const address = parse(weights, base);
  const source = isFile(address) ? address.href : folder(address);
  return { source, name: source };
}

function nameOf(blob: Blob): string {
  return blob instanceof File && blob.name !== "" ? blob.name : words.givenBytes;
}

function parse(weights: string | URL, base: string | URL): URL {
  const given = String(weights).trim();
  const address = URL.canParse(given, base) ? new URL(given, base) : undefined;
  if (!address || !/^https?:$/.test(address.protocol)) throw refusal(given, words.weightsAddress);
  const { username, password } = address;
  if (username || password) throw refusal(given, words.noUserName);
  const behind = behindHubPage(address);
  if (behind) throw refusal(given, words.addressBehind(behind));
  address.hash = "";
  return address;
}

function isFile({ pathname, href }: URL): boolean {
  return FILE.test(pathname) || FILE.test(href);
}

/** With the slash that makes it one, and without a query, which no file in it would have; who names the index means its folder. */
function folder({ origin, pathname }: URL): string {
  const path = pathname.endsWith(`/${INDEX_FILE}`) ? pathname.slice(0, -INDEX_FILE.length) : pathname;
  return origin + (path.endsWith("/") ? path : `${path}/`);
}

/** Where the file, or the folder, is that a model hub shows on this page; undefined for any other address. */
function behindHubPage({ hostname, pathname }: URL): string | undefined {
  if (!/^(?:www\.)?(?:huggingface\.co|hf\.co)$/.test(hostname)) return undefined;
  const page = /^\/([^/]+\/[^/]+)(?:\/(?:blob|tree)\/(.+?))?\/?$/.exec(pathname);
  if (!page) return undefined;
  const [, repository, path = "main"] = page;
  const slash = FILE.test(path) || path.endsWith(INDEX_FILE) ? "" : "/";
  return `https://huggingface.co/${repository}/resolve/${path}${slash}`;
}

function refusal(given: string, allowed: string): VggscopeError {
  const shown = given.length > 200 ? `${given.slice(0, 200)}…` : given;
  return new VggscopeError(
    "invalid-option",
    words.invalid("Vggscope.open", "weights", `"${shown}"`, allowed),
  );
}
