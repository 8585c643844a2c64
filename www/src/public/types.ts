import type { VggscopeError } from "./errors";

/** What computes: the graphics processor through WebGPU, or the CPU through WebAssembly. */
export type Backend = "webgpu" | "cpu";

/**
 * How an image moves at each step: `gradient` adds the learning rate times the raw gradient (the course notes);
 * `l2` first divides the gradient by its Euclidean norm (Keras's example), `rms` by its root mean square over the
 * image; `adam` is Kingma and Ba's (2015), uphill, with 0.9, 0.999 and 1e-8.
 */
export type StepRule = "gradient" | "l2" | "rms" | "adam";

/**
 * How an image in [0, 1] RGB is scaled before the network sees it: `none` feeds it as it is; `caffe` is Keras's
 * VGG16 (BGR, 0 to 255, mean subtracted); `torch` is torchvision's (mean and standard deviation per channel);
 * `caffe-rgb` is Caffe's in RGB order, as its weights ported to PyTorch expect.
 */
export type Preprocessing = "none" | "caffe" | "torch" | "caffe-rgb";

/**
 * Which iterates stay readable: every one (`all`), or only the newest of each channel (`last`). `all` takes at most
 * about 330 MB; beyond that, what is not at hand is computed again when it is asked for.
 */
export type Keep = "all" | "last";

/**
 * What is done for weights at the moment: bytes arrive over the network (`fetching`); a try failed and the next one
 * follows (`retrying`); another tab is fetching the same file (`waiting`); they are read from what this browser keeps,
 * or from a file on this device (`reading`).
 */
export type LoadState = "fetching" | "retrying" | "waiting" | "reading";

/** How far the weights needed so far have come, in bytes of weight files. */
export interface WeightProgress {
  loadedBytes: number;
  totalBytes: number;
  /** The layer whose weights are on their way; `every layer` where a file comes whole. */
  layer: string;
  state: LoadState;
  /** For `retrying` and `waiting`: what is waited for, and why. Empty otherwise. */
  detail: string;
  /** Estimated seconds left; undefined until there is something to go by. */
  secondsLeft: number | undefined;
}

/** A model of the site's catalogue, `models.json` beside vggscope.js, by its id. */
export interface CatalogueModel {
  model: string;
}

/** Options of {@link Vggscope.open}; all may be left out. */
export interface OpenOptions {
  /**
   * A folder with `model.safetensors.index.json`; one file, `.safetensors`, Keras's `.h5` or PyTorch's `.pth`; such
   * a file's contents; or a model of the site's catalogue, such as `{ model: "imagenet-torchvision" }`. Addresses are relative to the document. Where one
   * says neither by a slash at its end nor by a weight file's ending what it is, the host is asked.
   * Default: the catalogue's default.
   */
  weights?: string | URL | Blob | ArrayBuffer | CatalogueModel | undefined;
  /** Which of several VGG16s in a file is meant, by a name that the error `weights-several-networks` lists. */
  network?: string | undefined;
  /**
   * Whether large downloads may be fetched without asking: files of 10 MB and more that can only be had whole, up to
   * 550 MB for VGG16, and what another site has beyond VGG16's layers. Default false: opening, or the run, then fails with
   * `weights-needs-full-download`, and the error's `bytes` say how large the download is.
   */
  allowFullDownload?: boolean | undefined;
  /** `auto` (default) takes WebGPU where there is a real graphics processor, otherwise the CPU. */
  backend?: "auto" | Backend | undefined;
  /** Called on the way, many times, each time weights are loaded. */
  onProgress?: ((progress: WeightProgress) => void) | undefined;
  /** Aborting it gives the opening up, which then rejects with `weights-cancelled`. */
  signal?: AbortSignal | undefined;
}

/** The graphics adapter in use, as the browser names it; empty strings where it does not say. */
export interface AdapterInfo {
  vendor: string;
  architecture: string;
  description: string;
  /** True for a software adapter. */
  isFallback: boolean;
}

/** One convolution or pooling of the model. */
export interface LayerInfo {
  name: string;
  kind: "convolution" | "pooling";
  /** Width of the layer: VGG16's own until the layer's file has been read, then the file's. */
  channels: number;
  /** Size of the layer's weight file; 0 for poolings. */
  bytes: number;
  /** Side of the square of input pixels that one position sees. */
  receptiveField: number;
  /** Input pixels per output position, along one side. */
  downsampling: number;
  /** False where the model's files end before this layer. */
  inModel: boolean;
  /** Whether all weights that the layer needs are in memory: choosing it then fetches nothing. */
  loaded: boolean;
}

/** Where weights come from, and what was found there. */
export interface ModelOrigin {
  kind: "folder" | "remote-file" | "local-file";
  /** The address as it was given; for a local file its name. */
  address: string;
  /** Such as `safetensors`, `Keras HDF5` or `PyTorch`. */
  format: string;
  /**
   * Neither a catalogue nor the file's numbers say what input scaling it was trained with; its layout suggests the one given.
   */
  preprocessingGuessed: boolean;
  /** What had to be assumed to find VGG16 in a file, as sentences; empty where its names say it all. */
  assumed: string;
  /** The browser kept no fetched weights, for want of room or leave: they will be fetched again next time. */
  notKept: boolean;
}

/** What the weights say about themselves, and VGG16's layers in order. */
export interface ModelInfo {
  name: string;
  description: string;
  licence: string;
  source: string;
  /** The input scaling the model was trained with. */
  preprocessing: Preprocessing;
  origin: ModelOrigin;
  /** Of the weights of all layers that the model has. */
  totalBytes: number;
  layers: LayerInfo[];
}

/** Weights that this browser keeps for this site, so that a later visit fetches nothing. */
export interface CachedWeights {
  bytes: number;
  files: number;
}

/** Options of {@link Vggscope.ascend}; all but `layer` and `channels` may be left out. */
export interface AscendOptions {
  layer: string;
  /** Channels of the layer to climb, each once, counted from 0. */
  channels: readonly number[];
  /** Image width in pixels. Default 150. */
  width?: number | undefined;
  /** Image height in pixels. Default 150. */
  height?: number | undefined;
  /** Number of steps. Default 100. */
  iterations?: number | undefined;
  /** Default 10. */
  learningRate?: number | undefined;
  /** Default `gradient`. */
  step?: StepRule | undefined;
  /** Default: the model's own. */
  preprocessing?: Preprocessing | undefined;
  /** The same seed gives the same start on every machine: an integer from 0 to 2^53 - 1. Default 436. */
  seed?: number | undefined;
  /** Start for every channel instead of the seed's noise: height * width * 3 values, rows of RGB pixels. */
  start?: Float32Array | undefined;
  /** Default `all`. */
  keep?: Keep | undefined;
}

/**
 * Canvases, one per channel in the order of `channels`. The workers draw every squashed iterate on them, and the
 * iterates then carry no `rgba`. An HTML canvas must be fresh: it hands its control over for good.
 */
export interface CanvasOptions {
  canvases: readonly HTMLCanvasElement[] | readonly OffscreenCanvas[];
}

/** One channel's image after one step: what is known about it, without the picture. */
export interface IterateFacts {
  channel: number;
  /** 1 to `iterations`: the image after that many steps. */
  iteration: number;
  /** Mean activation before this step, so of iterate `iteration - 1`. */
  objective: number;
  /** Euclidean norm of the gradient of this step. */
  gradientNorm: number;
  /** Smallest value of the image. */
  min: number;
  /** Largest value of the image. */
  max: number;
  /** The gradient was exactly zero: the image did not move. */
  dead: boolean;
  /** `min` equals `max`: there is nothing to squash, and the picture is plain mid-grey. */
  constant: boolean;
  /** False when a value left the range of 32-bit floats; the picture is then plain mid-grey. */
  finite: boolean;
  /** The image itself, unsquashed: height * width * 3 values, rows of RGB pixels. */
  pixels(): Promise<Float32Array>;
}

/** One channel's image after one step, with its picture. */
export interface Iterate extends IterateFacts {
  /** The image squashed to its own minimum and maximum: height * width * 4 bytes, rows of RGBA pixels. */
  rgba: Uint8ClampedArray;
}

/** A kept iterate, read again. */
export interface KeptIterate {
  channel: number;
  /** 0 is the image before the first step. */
  iteration: number;
  rgba: Uint8ClampedArray;
  pixels(): Promise<Float32Array>;
}

/** How the mean activation of a channel changes with the image. */
export interface Gradient {
  /** The mean activation at the image. */
  objective: number;
  /** Euclidean norm of `values`. */
  norm: number;
  /** height * width * 3 values, rows of RGB pixels. */
  values: Float32Array;
}

/** How far an image has moved from where its climb began. */
export interface Movement {
  /** The largest change of any value since the start. */
  most: number;
  /** The image's largest value less its smallest: what its picture shows from black to white. */
  range: number;
}

/** What a paused run may go on with; what is left out stays as it is. */
export interface RunChanges {
  /** Steps of the whole run, with those already taken. */
  iterations?: number | undefined;
  learningRate?: number | undefined;
  /** Adam's memory begins anew with any change of learning rate or step rule. */
  step?: StepRule | undefined;
}

/** How a run ended: it took all its steps, or it was stopped. */
export type Outcome = "finished" | "stopped";

/**
 * A running ascent. Iterate it with `for await`: one value per channel and iteration, each channel in order,
 * channels interleaved as they come; leaving the loop stops the run. There is one stream of iterates, so one
 * loop should read it. A slow loop slows the run down (at most 64 iterates per worker wait) unless it draws on
 * canvases.
 */
export interface Run<I extends IterateFacts = Iterate> extends AsyncIterable<I> {
  [Symbol.asyncIterator](): AsyncIterator<I, undefined>;
  /**
   * Ends the run after the step in progress; what has been computed stays readable. While its weights are still
   * loading, ends that too, unless another run waits for them.
   */
  stop(): void;
  /**
   * Waits, after the steps in progress, until `resume`. Kept iterates stay readable. A paused run does not end: if those steps
   * were its last, it may still be given more.
   */
  pause(): void;
  /**
   * Goes on where the run stands, with other settings if there are `changes`: for every channel from the same iterate, the
   * farthest that one had come to, to which the promise resolves. Throws `invalid-option` or `unknown-option`. A run that has
   * ended stays as it is.
   */
  resume(changes?: RunChanges): Promise<number>;
  /**
   * Settles when the run has ended; rejects when it failed. Reading this without ever iterating lets the run go
   * through at full speed, its iterates unread.
   */
  readonly finished: Promise<Outcome>;
  /**
   * The pictures of iterates that are multiples of this are kept: a power of two, 1 until the run outgrows its share of
   * memory. All others are computed again when they are read.
   */
  readonly every: number;
  /** Reads a kept iterate again, from 0, the start; rejects with `iterate-not-kept` where there is none. */
  iterate(channel: number, iteration: number): Promise<KeptIterate>;
  /** The raw gradient at a kept iterate, whatever the step rule. */
  gradient(channel: number, iteration: number): Promise<Gradient>;
  /** How far a kept iterate is from the start. */
  moved(channel: number, iteration: number): Promise<Movement>;
  /**
   * Draws this iterate on every canvas, 0 being the start; a channel that has not come so far goes on to it and stays
   * there. `Infinity`, as at first, shows the newest. The climb waits while calls follow each other closely, so that
   * scrubbing is smooth.
   */
  show(iteration: number): void;
  /**
   * Says how many pixels of the screen a row of each canvas has, a whole number from 1. A picture with many more is drawn with as
   * many, each the average of those in its place: shrunk by the browser, fine gratings show patterns that are not theirs.
   */
  fit(shownWidth: number): void;
  /**
   * Says which channels are on the screen: in every round of steps they come first. While the page is `hidden` the run goes
   * on at a quarter of its speed and leaves the machine to others.
   */
  attend(channels: readonly number[], hidden?: boolean): void;
  /** Stops the run and frees every iterate it kept. */
  release(): void;
}

/** Options of {@link Vggscope.activation}. */
export interface ActivationOptions {
  layer: string;
  channel: number;
  /** height * width * 3 values, rows of RGB pixels. */
  image: Float32Array;
  /** Image width in pixels. Default 150. */
  width?: number | undefined;
  /** Image height in pixels. Default 150. */
  height?: number | undefined;
  /** Default: the model's own. */
  preprocessing?: Preprocessing | undefined;
}

/** A channel's output on an image: height * width values, row by row. */
export interface FeatureMap {
  width: number;
  height: number;
  values: Float32Array;
}

/** What the element is doing; it carries this word in `data-state`. */
export type ScopeState = "loading" | "running" | "paused" | "finished" | "stopped" | "error";

/** How far a run has come. */
export interface RunProgress {
  /** Images computed so far, over all channels. */
  done: number;
  /** Images the whole run computes: channels times iterations. */
  total: number;
  channels: number;
  iterations: number;
  /** Estimated seconds left; undefined until there is something to go by. */
  secondsLeft: number | undefined;
}

/** What computes, and why. */
export interface EngineInfo {
  backend: Backend;
  /** A sentence: why this backend. */
  reason: string;
  adapter: AdapterInfo | null;
  model: ModelInfo;
}

/** Events that `<vgg-scope>` dispatches, by name. They do not bubble. */
export interface VggScopeEventMap {
  "vggscope-state": CustomEvent<ScopeState>;
  "vggscope-engine": CustomEvent<EngineInfo>;
  "vggscope-weights": CustomEvent<WeightProgress>;
  "vggscope-progress": CustomEvent<RunProgress>;
  "vggscope-error": CustomEvent<VggscopeError>;
}
