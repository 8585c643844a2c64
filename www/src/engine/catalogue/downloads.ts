/** What a catalogue's entry means for who would open it: from where it comes, and how much of it. */
import { LAYERS } from "../../basics/vgg16";
import { addressesOf } from "./addresses";
import type { CatalogueEntry } from "./entry";

/** Files of these kinds cannot be read in parts. */
const WHOLE = /\.(?:h5|hdf5|keras|pth?|onnx|npz)$/i;
/** Smaller files are fetched whole without a question. */
const ASKED_FROM = 10e6;

/** The other host that it is asked of first; undefined where it lies beside the site. */
export function otherHost(entry: Pick<CatalogueEntry, "sources">): string | undefined {
  const [first] = addressesOf(entry);
  return first && first.origin !== new URL(__SITE_ROOT__).origin ? first.host : undefined;
}

/** Whether another host is asked for a large file that can only be had whole. */
export function comesWhole(entry: Pick<CatalogueEntry, "sources" | "bytes">): boolean {
  const [first] = addressesOf(entry);
  const whole = first !== undefined && WHOLE.test(first.pathname);
  return whole && entry.bytes >= ASKED_FROM && otherHost(entry) !== undefined;
}

/** Bytes of the weights that a layer needs: its own and those before it. */
export function bytesUpTo(layer: string, entry: Pick<CatalogueEntry, "bytes">): number {
  const all = numbersUpTo(undefined);
  // Floats of 16 bits, where those of 32 would be more than there is.
  const each = entry.bytes < 4 * all ? 2 : 4;
  return each * numbersUpTo(layer);
}

/** Weights and biases of the convolutions up to a layer, or of all. */
function numbersUpTo(layer: string | undefined): number {
  const end = layer === undefined ? LAYERS.length : LAYERS.findIndex(({ name }) => name === layer) + 1;
  let inputs = 3;
  let sum = 0;
  for (const { kind, channels } of LAYERS.slice(0, end)) {
    if (kind === "convolution") sum += channels * (9 * inputs + 1);
    inputs = channels;
  }
  return sum;
}
