/** A browser for the engine: workers that are sessions in this very thread, their messages cloned and delayed. */

import { macrotask } from "../src/basics/macrotask";
import type { OpenOrder } from "../src/engine/engine";
import type { Platform } from "../src/engine/platform";
import type { FromWorker, ToWorker } from "../src/engine/shared/protocol";
import { Session } from "../src/engine/worker/session";
import type { WorkerLike } from "../src/engine/worker-link";
import { type FakeOptions, fakeWasm } from "./fake-wasm";

/** Of a run of four by three pixels. */
export const SETTINGS = {
  layer: "block1_conv2",
  width: 4,
  height: 3,
  learningRate: 10,
  step: "gradient",
  preprocessing: "none",
  seed: 436,
} as const;

/** A folder opened on the CPU. */
export const ORDER: OpenOrder = {
  backend: "cpu",
  adapter: null,
  sources: ["http://localhost/weights/"],
  name: "http://localhost/weights/",
  allowFullDownload: false,
};

class FakeWorker implements WorkerLike {
  readonly #listeners: ((event: MessageEvent<FromWorker>) => void)[] = [];
  readonly #errorListeners: ((event: Event) => void)[] = [];
  readonly #session: Session;
  terminated = false;
  /** Everything this worker was told. */
  readonly told: ToWorker[] = [];

  constructor(options: FakeOptions) {
    this.#session = new Session({
      loadWasm: async () => fakeWasm(options),
      loadReader: async () => {
        throw new TypeError("no reader here");
      },
      post: (message, transfer) => this.#deliver(message, transfer),
      panic: () => "panicked at crate/src/ascent.rs",
    });
  }

  postMessage(message: unknown, transfer: Transferable[]): void {
    // The module stands in for itself: a real one cannot be made without wasm.
    const data = cloned(message, transfer) as ToWorker;
    if (data.kind === "ascend" && data.args.canvases) data.args.canvases = data.args.canvases.map(handedOver);
    this.told.push(data);
    // Not by a timer: Node lets a climb's own messages go before it, hundreds of steps of them.
    void macrotask().then(() => this.terminated || this.#session.handle(data));
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    if (type === "message") this.#listeners.push(listener as (event: MessageEvent<FromWorker>) => void);
    if (type === "error") this.#errorListeners.push(listener as (event: Event) => void);
  }

  terminate(): void {
    this.terminated = true;
  }

  /** The script cannot be loaded, or throws where nobody catches. */
  breakDown(message: string): void {
    for (const listener of this.#errorListeners) listener(Object.assign(new Event("error"), { message }));
  }

  #deliver(message: FromWorker, transfer: Transferable[]): void {
    const data = cloned(message, transfer);
    void macrotask().then(() => {
      for (const listener of this.#listeners) listener(new MessageEvent("message", { data }));
    });
  }
}

function cloned<T>(message: T, transfer: Transferable[]): T {
  return structuredClone(message, { transfer: transfer.filter((part) => part instanceof ArrayBuffer) });
}

export interface FakePlatform extends Platform {
  readonly workers: FakeWorker[];
}

export function fakePlatform(
  options: FakeOptions & { cores?: number; memory?: number; gpu?: Platform["gpu"] } = {},
): FakePlatform {
  const workers: FakeWorker[] = [];
  return {
    workers,
    gpu: options.gpu,
    cores: options.cores ?? 2,
    memory: options.memory ?? 8e9,
    siteRoot: "http://localhost/",
    compile: async (_backend, signal) => {
      signal?.throwIfAborted();
      return {} as WebAssembly.Module;
    },
    createWorker: () => {
      const worker = new FakeWorker(options);
      workers.push(worker);
      return worker;
    },
    explain: async (error) => error,
  };
}

/** Lets every message now on its way, and what follows from it, arrive. */
export function settle(milliseconds = 30): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A canvas in a worker: like one in Firefox it gives its context once. Who asks again is told so. */
function handedOver(canvas: OffscreenCanvas): OffscreenCanvas {
  let given = false;
  const getContext = () => {
    if (given) throw new Error("Cannot update created context to different thread");
    given = true;
    return canvas;
  };
  return { getContext } as unknown as OffscreenCanvas;
}
