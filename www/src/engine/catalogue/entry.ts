/** What a catalogue says of a model. */
import type { Preprocessing } from "../../public/types";

/** A file that a reader can download and then open from disk. */
export interface Download {
  readonly url: string;
  readonly bytes: number;
  readonly md5?: string;
  readonly sha256?: string;
}

export interface CatalogueEntry {
  readonly id: string;
  readonly name: string;
  /** What it is, as sentences. */
  readonly note: string;
  readonly architecture: "vgg16";
  readonly preprocessing: Preprocessing;
  readonly licence: string;
  /** Of the whole model. */
  readonly bytes: number;
  /** Folders or files, tried in this order. Relative ones count from the catalogue's own address. */
  readonly sources: readonly string[];
  /** By layer, of the bytes of its tensors. */
  readonly sha256?: Readonly<Record<string, string>>;
  readonly download?: Download;
}

export interface Catalogue {
  readonly models: readonly CatalogueEntry[];
  /** The id of the model that is open where nobody asked for another. */
  readonly initial: string;
  /** A sentence on each thing that is wrong with the file. */
  readonly problems: readonly string[];
}

/** The catalogue's name, in the folder of vggscope.js. */
export const CATALOGUE_FILE = "models.json";

/** What stays as it is in links and in file names: punctuation at the end may be a sentence's, and two dots a cut. */
export const MODEL_ID = /^(?=.{1,64}$)[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
