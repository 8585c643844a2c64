/**
 * The exports of the wasm packages as the Rust side promises them: `src/wasm/cpu` and `src/wasm/gpu` compute and are
 * alike; `src/wasm/import` reads single files of weights.
 */
import type {
  FeatureMap,
  Gradient,
  IterateFacts,
  LayerInfo,
  ModelInfo,
  Preprocessing,
  StepRule,
  WeightProgress,
} from "../../public/types";

export interface WasmModule {
  default(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
  Device: { open(): Promise<WasmDevice> };
  Model: {
    /**
     * `sources` are the absolute addresses of a folder or of a file, tried in this order, or a file; `name` is what messages call
     * a file.
     */
    open(
      sources: readonly string[] | Blob,
      name: string,
      allowFullDownload: boolean,
      options: LoadOptions,
    ): Promise<WasmModel>;
    /** The same model in another worker, without a request. */
    fromIndex(indexText: string): WasmModel;
  };
  draw(
    context: OffscreenCanvasRenderingContext2D,
    rgba: Uint8ClampedArray,
    width: number,
    height: number,
    columns: number,
  ): void;
  /** A picture's RGBA bytes packed as their difference from another's, or from white where that is empty. */
  pack(rgba: Uint8ClampedArray, reference: Uint8ClampedArray): Uint8Array;
  /** Puts the picture's bytes into `rgba` again. */
  unpack(packed: Uint8Array, reference: Uint8ClampedArray, rgba: Uint8ClampedArray): void;
}

export interface WasmDevice {
  /** How many channels of this layer should climb together. */
  batchSize(layer: string, width: number, height: number): number;
  /** Chooses between the graphics adapter's kernels for small maps, for what begins from now on; not in the CPU's package. */
  setSlices?(slices: boolean): void;
  /** Measures which of them are faster; `now` gives milliseconds. Not in the CPU's package. */
  measureSlices?(now: () => number): Promise<boolean>;
  free(): void;
}

export interface WasmModel {
  readonly indexText: string;
  /** Bytes of weights, without the index, that this worker fetched over the network. */
  readonly bytesFetched: number;
  describe(): ModelDescription;
  /** Resolves to the files up to this layer that were not handed out before. */
  load(layer: string, options: LoadOptions): Promise<Shard[]>;
  /** Bytes of the module's memory that a climb takes, weights included. To be asked before anything is loaded or begun. */
  memoryNeeded(layer: string, height: number, width: number, channelsAtOnce: number): number;
  accept(file: string, bytes: Uint8Array): void;
  ascend(device: WasmDevice, settings: WasmAscentSettings): WasmAscent;
  activation(device: WasmDevice, request: OnImage): Promise<FeatureMap>;
  gradient(device: WasmDevice, request: OnImage): Promise<Gradient>;
  free(): void;
}

/** What a worker knows of a model; what is loaded, the engine knows. */
export type ModelDescription = Omit<ModelInfo, "layers"> & { layers: Omit<LayerInfo, "loaded">[] };

export interface LoadOptions {
  /** Called many times. */
  progress(report: LoadReport): void;
  /** Aborting it rejects with `weights-cancelled`; what has arrived whole is kept. */
  signal: AbortSignal;
  /** Loads the package that reads single files. */
  importers(): Promise<Importers>;
  /** What is known of a single file before it is opened. */
  readonly expected: ExpectedFile;
}

/** The package that reads single files. */
export interface ImportModule {
  default(): Promise<unknown>;
  Importer: Importers;
}

/** What opens a file: one that is here as a whole, or one on a host of which parts can be had. `name` is what messages call it. */
export interface Importers {
  open(blob: Blob, name: string, expected: ExpectedFile): ImportedFile;
  /** What kind of file begins with these bytes. `size` is the whole file's, if it is known. */
  formatOf(name: string, head: Uint8Array, size: number | undefined): string;
  /** How many bytes a safetensors file's directory takes, from the file's beginning on. */
  headerEnd(name: string, head: Uint8Array, size: number | undefined): number;
  /** Opens a safetensors file by its beginning. */
  openParts(name: string, head: Uint8Array, size: number | undefined, expected: ExpectedFile): ImportedFile;
}

/** What is known of a single file before it is opened. */
export interface ExpectedFile {
  /** Which of several networks in it is meant, by its name. */
  network?: string;
  /** By layer: SHA-256, in hex, of the bytes of its weight and then its bias, as they lie in the file. */
  sha256?: Readonly<Record<string, string>>;
}

/** A file whose layers can be had as safetensors. */
export interface ImportedFile {
  readonly indexText: string;
  readonly format: string;
  /** Whether its numbers say which training it is of. */
  readonly isRecognised: boolean;
  /** What had to be assumed to find VGG16 in it, as sentences. */
  readonly assumed: string;
  /** Of each convolution it holds. */
  readonly layerBytes: Float64Array;
  /** First byte, and the one behind the last, of each part of the file that a convolution takes. */
  ranges(ordinal: number): Float64Array;
  /** A convolution as the bytes of a safetensors file; `fetched` are those parts of a file that lies on a host. */
  shard(ordinal: number, fetched: Uint8Array[]): Uint8Array;
}

export type LoadReport = Omit<WeightProgress, "secondsLeft">;

/** One verified weight file. */
export interface Shard {
  file: string;
  bytes: Uint8Array;
}

/** What every channel of a run shares. */
export interface AscentSettings {
  layer: string;
  width: number;
  height: number;
  learningRate: number;
  step: StepRule;
  preprocessing: Preprocessing;
  seed: number;
  start?: Float32Array;
}

/** Exact images of a batch's channels after `iteration` steps. */
export interface Checkpoint {
  iteration: number;
  images: Float32Array[];
}

export interface WasmAscentSettings extends AscentSettings {
  channels: number[];
  resume?: Checkpoint;
}

/** One batch of channels climbing together. A step may be asked for while the one before is still being read. */
export interface WasmAscent {
  readonly iteration: number;
  step(): Promise<WasmIterate[]>;
  /** The exact images after the steps asked for so far: three times as large as the pictures. */
  images(): Promise<Float32Array[]>;
  free(): void;
}

/** The public facts of an iterate, with its picture at hand. */
export interface WasmIterate extends Omit<IterateFacts, "pixels"> {
  rgba: Uint8ClampedArray;
}

/** A channel of a layer, and the image to see it on. */
export interface OnImage {
  layer: string;
  channel: number;
  width: number;
  height: number;
  preprocessing: Preprocessing;
  image: Float32Array;
}
