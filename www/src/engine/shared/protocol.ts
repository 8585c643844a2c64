/** Every message between the main thread and a worker, as typed unions. */
import type { ErrorCode } from "../../public/errors";
import type {
  AdapterInfo,
  Backend,
  FeatureMap,
  Gradient,
  IterateFacts,
  Keep,
  Movement,
} from "../../public/types";
import type {
  AscentSettings,
  ExpectedFile,
  LoadReport,
  ModelDescription,
  OnImage,
  Shard,
} from "./wasm-module";

/** One worker's share of a run. */
export interface AscentOrder {
  run: number;
  settings: AscentSettings;
  channels: number[];
  iterations: number;
  keep: Keep;
  /** Channels of the whole run, which share the memory that one may take. */
  runChannels: number;
  /** Where to draw, one per channel; without them the pictures travel with the facts. */
  canvases?: OffscreenCanvas[];
  attention: Attention;
}

/** Where weights are. */
export interface WeightSource {
  /** The absolute addresses of a folder or of a file, which have the same weights and are tried in this order; or a file. */
  sources: readonly string[] | Blob;
  /** What messages call it. */
  name: string;
}

/** What can be asked of a worker, and what it answers. */
export interface Requests {
  /** Loads the scripts around the backend's wasm, which is not needed yet. */
  prepare: { args: { backend: Backend }; result: null };
  start: { args: { adapter: AdapterInfo | null; module: WebAssembly.Module }; result: null };
  open: {
    args: WeightSource & { allowFullDownload: boolean; expected: ExpectedFile };
    result: { indexText: string; model: ModelDescription };
  };
  adopt: { args: { indexText: string }; result: null };
  load: { args: { layer: string }; result: { shards: Shard[]; model: ModelDescription } };
  accept: { args: Shard; result: null };
  /** Bytes that a worker takes when it climbs so, weights included. */
  memory: { args: { layer: string; width: number; height: number }; result: number };
  ascend: { args: AscentOrder; result: null };
  /** Pauses a run's climb, and asks for the farthest iterate that it has taken a step to. */
  stand: { args: { run: number }; result: number };
  rgba: { args: { run: number; channel: number; iteration: number }; result: Uint8ClampedArray };
  pixels: { args: { run: number; channel: number; iteration: number }; result: Float32Array };
  gradient: { args: { run: number; channel: number; iteration: number }; result: Gradient };
  moved: { args: { run: number; channel: number; iteration: number }; result: Movement };
  activation: { args: OnImage; result: FeatureMap };
}
export type RequestKind = keyof Requests;

/** Told to a worker; needs no answer. */
export type Notice =
  /** This request's answer is no longer wanted. It comes all the same, as a rule `weights-cancelled`. */
  { kind: "cancel"; request: number } | RunNotice;

/** What of a run is looked at. */
export interface Attention {
  /** Those on the screen. */
  channels: readonly number[];
  /** Whether the page is out of sight altogether. */
  hidden: boolean;
}

/** What a run may change on its way. */
/** The settings of a step that may change on the way. */
export type StepChange = Partial<Pick<AscentSettings, "learningRate" | "step">>;

export type Change = StepChange & { iterations?: number };

/** What a run's climb is told. */
export type RunNotice =
  | { kind: "stop"; run: number }
  | { kind: "pause"; run: number }
  | { kind: "resume"; run: number }
  /**
   * The run's change of this number, counted from 1. Other settings hold from the iterate `after`; a part of the run that is
   * behind goes there first.
   */
  | ({ kind: "change"; run: number; number: number; after: number } & Change)
  | { kind: "read"; run: number; count: number }
  /** Nobody will read the iterates: go on without waiting for a reader and without sending pictures. */
  | { kind: "drain"; run: number }
  /** Draw this iterate on every canvas, or the newest where the climb has not come so far. */
  | { kind: "show"; run: number; iteration: number }
  /** How many pixels of the screen a row of each canvas has. */
  | { kind: "fit"; run: number; shownWidth: number }
  | ({ kind: "attend"; run: number } & Attention)
  | { kind: "release"; run: number };

export type ToWorker =
  | Notice
  | { [K in RequestKind]: { kind: K; id: number; args: Requests[K]["args"] } }[RequestKind];

/** An iterate as it travels: `rgba` is absent where it was drawn on a canvas or nobody will look. */
export type SentIterate = Omit<IterateFacts, "pixels"> & { rgba?: Uint8ClampedArray };

/** An error as it travels. */
export interface Failure {
  code: ErrorCode;
  message: string;
  stack: string;
  /** Of a download that is asked about. */
  bytes?: number;
}

/** Something that happened to a run. */
export type RunEvent =
  /** Of what the worker has, the pictures of multiples of `every` are kept. */
  | { kind: "iterates"; run: number; items: SentIterate[]; every: number }
  /** All steps are taken that were asked for by the run's first `changes` changes; more may follow. */
  | { kind: "arrived"; run: number; changes: number }
  /** Stopped, and nothing follows. */
  | { kind: "ended"; run: number }
  | { kind: "run-failed"; run: number; failure: Failure };

export type FromWorker =
  | RunEvent
  | { kind: "reply"; id: number; value: unknown }
  | { kind: "failed"; id: number; failure: Failure }
  | { kind: "progress"; report: LoadReport }
  /** Bytes of weight files fetched so far by this worker. */
  | { kind: "fetched"; bytes: number }
  /** The wasm is beyond use; `message` is the panic's text where there is one. */
  | { kind: "crashed"; message: string };

/** Unread iterates a worker may be ahead of the reader. */
export const MAX_UNREAD = 64;
