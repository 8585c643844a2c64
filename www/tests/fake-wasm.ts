/**
 * A wasm module in a few lines: images climb by a rule that depends on what came before, so that computing one again
 * from a checkpoint is a real test; faults can be switched on.
 */
import type {
  LoadOptions,
  LoadReport,
  ModelDescription,
  Shard,
  WasmAscent,
  WasmAscentSettings,
  WasmIterate,
  WasmModel,
  WasmModule,
} from "../src/engine/shared/wasm-module";
import type { Packing } from "../src/engine/worker/film";

interface Faults {
  /** Thrown when the model is opened. */
  open?: Error;
  /** Thrown when a layer is loaded. */
  load?: Error;
  /** Opening never ends by itself. */
  openStalls?: boolean;
  /** Thrown by the step to this iteration. */
  step?: { iteration: number; error: Error };
}

export interface FakeOptions {
  batch?: number;
  faults?: Faults;
  /** Told of every step of every batch, in order. */
  onStep?: (channels: number[], iteration: number) => void;
  /** Told of every ascent set up. */
  onAscent?: (settings: WasmAscentSettings) => void;
  /** Told of every ascent freed. */
  onFree?: () => void;
  onDraw?: (context: OffscreenCanvasRenderingContext2D, rgba: Uint8ClampedArray) => void;
  /** Loading a layer takes until this resolves; by then it may have been given up. */
  onLoad?: (layer: string) => Promise<void> | undefined;
  /** What a load says on its way. */
  reports?: LoadReport[];
  /** Told of what is opened, and how. */
  onOpen?: (sources: readonly string[] | Blob, name: string, allowFullDownload: boolean) => void;
  /** Told of the choice of kernels. */
  onSlices?: (slices: boolean) => void;
  /** What measuring them finds. */
  measureSlices?: () => boolean;
  /** What a worker takes that climbs so. */
  memoryNeeded?: (layer: string, height: number, width: number) => number;
  /** Told of the shards that a load brings, as the worker has them. */
  onShards?: (shards: readonly Shard[]) => void;
  /** Told of every shard given to a worker. */
  onAccept?: (file: string) => void;
}

/** An `Error` as the Rust side throws it. */
export function coded(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

const LAYERS: ModelDescription["layers"] = [
  "block1_conv1",
  "block1_conv2",
  "block1_pool",
  "block2_conv1",
].map((name) => ({
  name,
  kind: name.endsWith("pool") ? "pooling" : "convolution",
  channels: 64,
  bytes: 1000,
  receptiveField: 3,
  downsampling: 1,
  inModel: name !== "block2_conv1",
}));

const MODEL: ModelDescription = {
  name: "Fake",
  description: "A fake",
  licence: "CC0-1.0",
  source: "",
  preprocessing: "torch",
  origin: {
    kind: "folder",
    address: "http://localhost/weights/",
    format: "safetensors",
    preprocessingGuessed: false,
    assumed: "",
    notKept: false,
  },
  totalBytes: 2000,
  layers: LAYERS,
};

/** A picture as its difference, byte by byte; nothing gets smaller. */
export const FAKE_PACKING: Packing = {
  pack: (rgba, reference) => Uint8Array.from(rgba, (byte, at) => byte - (reference[at] ?? 255)),
  unpack: (packed, reference, rgba) =>
    rgba.set(Uint8Array.from(packed, (byte, at) => byte + (reference[at] ?? 255))),
};

export function fakeWasm(options: FakeOptions = {}): WasmModule {
  return {
    default: async () => undefined,
    Device: {
      open: async () => ({
        batchSize: () => options.batch ?? 1,
        setSlices: (slices) => options.onSlices?.(slices),
        measureSlices: async () => options.measureSlices?.() ?? false,
        free: () => undefined,
      }),
    },
    Model: {
      open: async (sources, name, allowFullDownload) => {
        options.onOpen?.(sources, name, allowFullDownload);
        if (options.faults?.openStalls) await new Promise(() => undefined);
        if (options.faults?.open) throw options.faults.open;
        return fakeModel(options);
      },
      fromIndex: () => fakeModel(options),
    },
    draw: (context, rgba) => options.onDraw?.(context, rgba),
    ...FAKE_PACKING,
  };
}

function fakeModel(options: FakeOptions): WasmModel {
  const loaded = new Set<string>();
  let bytesFetched = 100;
  return {
    indexText: "{}",
    get bytesFetched() {
      return bytesFetched;
    },
    describe: () => MODEL,
    load: async (layer, { progress, signal }) => {
      const missing = upTo(layer).filter((name) => !loaded.has(name));
      await arrival(layer, signal, options);
      if (options.faults?.load) throw options.faults.load;
      for (const name of missing) loaded.add(name);
      bytesFetched += 1000 * missing.length;
      for (const report of options.reports ?? []) progress(report);
      const shards = missing.map((name) => ({ file: `${name}.safetensors`, bytes: new Uint8Array(8) }));
      options.onShards?.(shards);
      return shards;
    },
    memoryNeeded: (layer, height, width) => options.memoryNeeded?.(layer, height, width) ?? 1e6,
    accept: (file) => {
      loaded.add(file.replace(".safetensors", ""));
      options.onAccept?.(file);
    },
    ascend: (_device, settings) => {
      if (!loaded.has(settings.layer)) throw coded("weights-not-loaded", `${settings.layer} is not loaded`);
      options.onAscent?.(settings);
      return fakeAscent(settings, options);
    },
    activation: async (_device, { width, height, image }) => ({
      width,
      height,
      values: image.slice(0, width * height),
    }),
    // Of a value that depends on the image, so that the wrong one is noticed.
    gradient: async (_device, { channel, image }) => {
      const values = image.map((value) => value / 1e9);
      return { objective: channel, norm: Math.hypot(...values), values };
    },
    free: () => undefined,
  };
}

/** The convolutions up to a layer. */
function upTo(layer: string): string[] {
  const names = LAYERS.slice(0, LAYERS.findIndex(({ name }) => name === layer) + 1).map(({ name }) => name);
  return names.filter((name) => !name.endsWith("pool"));
}

async function arrival(layer: string, signal: LoadOptions["signal"], { onLoad }: FakeOptions): Promise<void> {
  const given = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(coded("weights-cancelled", `${layer} was cancelled`)));
  });
  await Promise.race([onLoad?.(layer), given]);
}

function fakeAscent(settings: WasmAscentSettings, { faults, onStep, onFree }: FakeOptions): WasmAscent {
  const { channels, width, height, resume, start, seed } = settings;
  const size = width * height * 3;
  const images =
    resume?.images.map((image) => image.slice()) ??
    channels.map(() => start?.slice() ?? new Float32Array(size).fill(seed % 1000));
  let iteration = resume?.iteration ?? 0;
  let remembered = 0;
  let freed = false;
  const check = () => {
    if (freed) throw new Error("null pointer passed to rust");
  };
  return {
    get iteration() {
      check();
      return iteration;
    },
    step: async () => {
      check();
      iteration += 1;
      remembered += 1;
      if (faults?.step?.iteration === iteration) throw faults.step.error;
      onStep?.(channels, iteration);
      return channels.map((_channel, index) => advance(settings, images, index, iteration, remembered));
    },
    images: async () => {
      check();
      return images.map((image) => image.slice());
    },
    free: () => {
      check();
      freed = true;
      onFree?.();
    },
  };
}

function advance(
  settings: WasmAscentSettings,
  images: Float32Array[],
  index: number,
  iteration: number,
  remembered: number,
): WasmIterate {
  const channel = settings.channels[index] ?? 0;
  const before = images[index] ?? new Float32Array();
  const memory = settings.step === "adam" ? remembered : 0;
  const pixels = before.map((value, at) => {
    return moved(settings, value, channel, iteration, at) + memory;
  });
  images[index] = pixels;
  return {
    channel,
    iteration,
    objective: channel + iteration / 1000,
    gradientNorm: 1,
    min: 0,
    max: 1,
    dead: false,
    constant: false,
    finite: true,
    rgba: new Uint8ClampedArray((pixels.length / 3) * 4)
      .fill(255)
      .map((byte, at) => (at % 4 === 3 ? byte : iteration)),
  };
}

function moved(
  { learningRate }: WasmAscentSettings,
  value: number,
  channel: number,
  iteration: number,
  at: number,
): number {
  if (learningRate === 0) return value;
  return Math.sin(value + channel) + iteration + at / 7 + learningRate;
}
