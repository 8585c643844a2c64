/** What a worker does with each message: the wasm, its device, its model and its share of every run. */
import { VggscopeError } from "../../public/errors";
import type { Backend } from "../../public/types";
import * as words from "../../words/worker-errors";
import { isTrap, toFailure } from "../shared/failure";
import type {
  AscentOrder,
  FromWorker,
  Notice,
  RequestKind,
  Requests,
  RunNotice,
  ToWorker,
} from "../shared/protocol";
import type { ExpectedFile, LoadOptions, WasmDevice, WasmModel, WasmModule } from "../shared/wasm-module";
import { type ImportHost, loadImporters } from "./importers";
import { Kernels } from "./kernels";
import { RunShare } from "./run-share";

/** What a session needs of its surroundings. */
export interface SessionHost extends ImportHost {
  loadWasm(backend: Backend): Promise<WasmModule>;
  post(message: FromWorker, transfer: Transferable[]): void;
}

type Handlers = {
  [K in RequestKind]: (
    args: Requests[K]["args"],
    /** Aborted when the answer is no longer wanted. */
    signal: AbortSignal,
  ) => Requests[K]["result"] | Promise<Requests[K]["result"]>;
};

interface Engine {
  wasm: WasmModule;
  device: WasmDevice;
  /** On a graphics adapter. */
  kernels: Kernels | undefined;
}

export class Session {
  readonly #host: SessionHost;
  readonly #shares = new Map<number, RunShare>();
  #wasm: WasmModule | undefined;
  #engine: Engine | undefined;
  #model: WasmModel | undefined;
  /** Of the model's files: another of its addresses may be opened later. */
  #expected: ExpectedFile = {};
  /** Shares of runs that have not ended. */
  #ascending = 0;
  /** One per request that is still to be answered, so that giving one up leaves the others alone. */
  readonly #controllers = new Map<number, AbortController>();

  readonly #handlers: Handlers = {
    prepare: (args) => this.#prepare(args),
    start: (args) => this.#start(args),
    open: (args, signal) => this.#open(args, signal),
    adopt: ({ indexText }) => this.#adopt(indexText),
    load: ({ layer }, signal) => this.#load(layer, signal),
    accept: (args) => this.#accept(args),
    memory: (args) => this.#memory(args),
    ascend: (order) => this.#ascend(order),
    stand: ({ run }) => this.#share(run).stand(),
    rgba: ({ run, channel, iteration }) => this.#share(run).rgba(channel, iteration),
    pixels: ({ run, channel, iteration }) => this.#share(run).pixels(channel, iteration),
    gradient: ({ run, channel, iteration }) => this.#share(run).gradient(channel, iteration),
    moved: ({ run, channel, iteration }) => this.#share(run).moved(channel, iteration),
    activation: (request) => this.#ready().model.activation(this.#ready().device, request),
  };

  constructor(host: SessionHost) {
    this.#host = host;
  }

  handle(message: ToWorker): void {
    if ("id" in message) void this.#answer(message);
    else this.#heed(message);
  }

  #heed(notice: Notice): void {
    if (notice.kind === "cancel") this.#controllers.get(notice.request)?.abort();
    else this.#heedForRun(notice);
  }

  #heedForRun(notice: RunNotice): void {
    const share = this.#shares.get(notice.run);
    if (notice.kind === "read") share?.read(notice.count);
    else if (notice.kind === "show") share?.show(notice.iteration);
    else if (notice.kind === "change") share?.change(notice);
    else if (notice.kind === "fit") share?.fit(notice.shownWidth);
    else if (notice.kind === "attend") share?.attend(notice);
    else share?.[notice.kind]();
    if (notice.kind === "release") this.#shares.delete(notice.run);
  }

  async #answer({ kind, id, args }: Extract<ToWorker, { id: number }>): Promise<void> {
    // The union pairs each kind with its own arguments; the compiler cannot follow that through the table.
    const handler = this.#handlers[kind] as (args: unknown, signal: AbortSignal) => unknown;
    const controller = new AbortController();
    this.#controllers.set(id, controller);
    try {
      const value = await handler(args, controller.signal);
      this.#host.post({ kind: "reply", id, value }, transferables(value));
    } catch (error) {
      if (isTrap(error)) return this.crash(error);
      const fallback = kind === "prepare" || kind === "start" ? "engine-unavailable" : "compute-failed";
      this.#host.post({ kind: "failed", id, failure: toFailure(error, fallback) }, []);
    } finally {
      this.#controllers.delete(id);
    }
  }

  /** Tells the main thread that this worker is beyond use. */
  crash(error: unknown): void {
    const message = this.#host.panic() ?? toFailure(error, "engine-crashed").message;
    this.#host.post({ kind: "crashed", message }, []);
  }

  async #prepare({ backend }: Requests["prepare"]["args"]): Promise<null> {
    this.#wasm = await this.#host.loadWasm(backend);
    return null;
  }

  async #start({ adapter, module }: Requests["start"]["args"]): Promise<null> {
    const wasm = this.#wasm;
    if (!wasm) throw new VggscopeError("engine-unavailable", words.engineNotStarted);
    await wasm.default({ module_or_path: module });
    const device = await wasm.Device.open();
    this.#engine = { wasm, device, kernels: adapter ? await Kernels.choose(device, adapter) : undefined };
    return null;
  }

  async #open(
    { sources, name, allowFullDownload, expected }: Requests["open"]["args"],
    signal: AbortSignal,
  ): Promise<Requests["open"]["result"]> {
    const { Model } = this.#started().wasm;
    this.#expected = expected;
    const model = await Model.open(sources, name, allowFullDownload, this.#loadOptions(signal));
    this.#model = model;
    this.#reportBytes(model);
    return { indexText: model.indexText, model: model.describe() };
  }

  #adopt(indexText: string): null {
    this.#model = this.#started().wasm.Model.fromIndex(indexText);
    return null;
  }

  async #load(layer: string, signal: AbortSignal): Promise<Requests["load"]["result"]> {
    const { model } = this.#ready();
    try {
      const shards = await model.load(layer, this.#loadOptions(signal));
      return { shards, model: model.describe() };
    } finally {
      this.#reportBytes(model);
    }
  }

  #loadOptions(signal: AbortSignal): LoadOptions {
    return {
      expected: this.#expected,
      progress: (report) => this.#host.post({ kind: "progress", report }, []),
      signal,
      importers: () => loadImporters(this.#host),
    };
  }

  #accept({ file, bytes }: Requests["accept"]["args"]): null {
    this.#ready().model.accept(file, bytes);
    return null;
  }

  #memory({ layer, width, height }: Requests["memory"]["args"]): number {
    const { model, device } = this.#ready();
    return model.memoryNeeded(layer, height, width, device.batchSize(layer, width, height));
  }

  /** The share is known before it is set up, so that a stop in between finds it. */
  async #ascend(order: AscentOrder): Promise<null> {
    const { wasm, device, kernels } = this.#started();
    const share = new RunShare(order, {
      draw: wasm.draw,
      packing: wasm,
      batchSize: (layer, width, height) => device.batchSize(layer, width, height),
      ascend: async (settings) => this.#ready().model.ascend(this.#ready().device, settings),
      gradient: async (request) => this.#ready().model.gradient(this.#ready().device, request),
      post: (event, transfer) => this.#host.post(event, transfer),
    });
    this.#shares.set(order.run, share);
    await this.#setUp(order.run, share);
    this.#ascending += 1;
    void share
      .run()
      .catch((error: unknown) => this.#runFailed(order.run, error))
      .finally(() => {
        this.#ascending -= 1;
        if (this.#ascending === 0)
          void kernels?.measure().catch((error: unknown) => this.#notMeasured(error));
      });
    return null;
  }

  /** What cannot be set up leaves nothing behind. */
  async #setUp(run: number, share: RunShare): Promise<void> {
    try {
      await share.open();
    } catch (error) {
      share.free();
      this.#shares.delete(run);
      throw error;
    }
  }

  #runFailed(run: number, error: unknown): void {
    if (isTrap(error)) this.crash(error);
    else this.#host.post({ kind: "run-failed", run, failure: toFailure(error, "compute-failed") }, []);
  }

  /** Nobody has asked for it. */
  #notMeasured(error: unknown): void {
    if (isTrap(error)) this.crash(error);
  }

  #reportBytes(model: WasmModel): void {
    this.#host.post({ kind: "fetched", bytes: model.bytesFetched }, []);
  }

  #share(run: number): RunShare {
    const share = this.#shares.get(run);
    if (!share) throw new VggscopeError("iterate-not-kept", words.iteratesReleased);
    return share;
  }

  #started(): Engine {
    if (!this.#engine) throw new VggscopeError("engine-unavailable", words.engineNotStarted);
    return this.#engine;
  }

  #ready(): Engine & { model: WasmModel } {
    if (!this.#model) throw new VggscopeError("weights-not-loaded", words.noModel);
    return { ...this.#started(), model: this.#model };
  }
}

/** Large answers change threads without a copy: pictures, images and the files of weights are for whoever asked. */
function transferables(value: unknown): Transferable[] {
  if (ArrayBuffer.isView(value)) return [value.buffer];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(transferables);
}
