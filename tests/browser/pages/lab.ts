/**
 * The public JavaScript API at the tests' disposal: what crosses from the page to the test is plain data. `?library=`
 * names another address of vggscope.js.
 */
import type {
  AscendOptions,
  CatalogueModel,
  ErrorCode,
  IterateFacts,
  ModelInfo,
  OpenOptions,
  Vggscope,
  WeightProgress,
} from "../../../www/src/vggscope";

type Library = typeof import("../../../www/src/vggscope");

/** An iterate as the run gave it; picture and pixels only where they were asked for. */
export type Taken = Omit<IterateFacts, "pixels"> & { rgba?: Uint8ClampedArray; pixels?: Float32Array };

/** What went wrong, as far as it can cross over. */
export interface Refusal {
  /** Of this library's own error class. */
  own: boolean;
  code: ErrorCode;
  message: string;
  /** Of a download that is asked about. */
  bytes: number | undefined;
}

/** Weights as they can be named from outside: an address, a model of the catalogue, or a file made of what an address has. */
export type Given =
  | string
  | CatalogueModel
  | { from: string; as: "File" | "Blob" | "ArrayBuffer"; name: string };

/** What is opened, and the climb on it. */
export interface Trial extends Pick<OpenOptions, "allowFullDownload" | "backend"> {
  weights: Given;
  climb: AscendOptions;
}

/** What came of a trial. */
export interface Outcome {
  /** Why it did not work, if it did not. */
  refusal: Refusal | undefined;
  /** SHA-256 over the pixels of every last iterate, bit for bit. */
  picture: string;
  /** Channels that moved: pictures of dead ones say nothing of the weights. */
  alive: number;
  milliseconds: number;
  bytesFetched: number;
  model: ModelInfo | undefined;
  progress: WeightProgress[];
}

export class Lab {
  readonly library: Library;
  /** What has come so far of the trial that began last. */
  latest: Outcome | undefined;
  readonly #scopes: Vggscope[] = [];

  constructor(library: Library) {
    this.library = library;
  }

  /** Opens a scope; resolves to its number here. */
  async open(options: OpenOptions): Promise<number> {
    return this.#scopes.push(await this.library.Vggscope.open(options)) - 1;
  }

  scope(number: number): Vggscope {
    const scope = this.#scopes[number];
    if (!scope) throw new Error(`no scope ${number} is open`);
    return scope;
  }

  /** Every iterate of a run, those of the iterations in `whole` with picture and pixels. */
  async climb(scope: number, options: AscendOptions, whole: readonly number[]): Promise<Taken[]> {
    const taken: Taken[] = [];
    for await (const { pixels, rgba, ...facts } of this.scope(scope).ascend(options)) {
      taken.push(whole.includes(facts.iteration) ? { ...facts, rgba, pixels: await pixels() } : facts);
    }
    return taken;
  }

  /** Opens weights, climbs on them and closes them again. */
  async attempt({ weights, climb, ...options }: Trial): Promise<Outcome> {
    const opened = { ...options, weights: await materialise(weights) };
    const outcome = nothingYet();
    this.latest = outcome;
    const from = performance.now();
    outcome.refusal = await this.refusal(async () => {
      const onProgress = (step: WeightProgress) => outcome.progress.push(step);
      const scope = await this.library.Vggscope.open({ ...opened, onProgress });
      try {
        Object.assign(outcome, await picture(scope, climb));
      } finally {
        Object.assign(outcome, { bytesFetched: scope.bytesFetched, model: scope.model });
        scope.close();
      }
    });
    return { ...outcome, milliseconds: performance.now() - from };
  }

  /** How `work` fails; undefined when it does not. */
  async refusal(work: () => unknown): Promise<Refusal | undefined> {
    try {
      await work();
      return undefined;
    } catch (error) {
      const { code, message, bytes } = error as Omit<Refusal, "own">;
      return { own: error instanceof this.library.VggscopeError, code, message, bytes };
    }
  }
}

function nothingYet(): Outcome {
  return {
    refusal: undefined,
    picture: "",
    alive: 0,
    milliseconds: 0,
    bytesFetched: 0,
    model: undefined,
    progress: [],
  };
}

async function materialise(weights: Given): Promise<NonNullable<OpenOptions["weights"]>> {
  if (typeof weights === "string" || "model" in weights) return weights;
  const bytes = await (await fetch(weights.from)).arrayBuffer();
  if (weights.as === "ArrayBuffer") return bytes;
  return weights.as === "File" ? new File([bytes], weights.name) : new Blob([bytes]);
}

/** Climbs; the channels' last images as one number. */
async function picture(scope: Vggscope, climb: AscendOptions): Promise<Pick<Outcome, "picture" | "alive">> {
  const last = new Map<number, Float32Array>();
  const alive = new Set<number>();
  for await (const { channel, dead, pixels } of scope.ascend(climb)) {
    last.set(channel, await pixels());
    if (!dead) alive.add(channel);
  }
  const images = climb.channels.map((channel) => last.get(channel) ?? new Float32Array());
  const digest = await crypto.subtle.digest("SHA-256", await new Blob(images as BlobPart[]).arrayBuffer());
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  return { picture: hex.join(""), alive: alive.size };
}

declare global {
  var inPage: Lab;
}

const address = new URLSearchParams(location.search).get("library") ?? "/vggscope.js";
globalThis.inPage = new Lab((await import(address)) as Library);
