/** One model on one backend: a pool of workers, of which the first fetches weights for all. */
import { VggscopeError } from "../public/errors";
import type { AdapterInfo, Backend, FeatureMap, ModelInfo, WeightProgress } from "../public/types";
import * as words from "../words/errors";
import { LoadQueue } from "./load-queue";
import type { Platform } from "./platform";
import type { Requests, RunEvent, WeightSource } from "./shared/protocol";
import type { ExpectedFile, LoadReport, ModelDescription, OnImage, Shard } from "./shared/wasm-module";
import { type Stated, withStated } from "./stated";
import { TimeLeft } from "./time-left";
import { type LinkListener, type WorkerEvent, WorkerLink } from "./worker-link";

/** What to open, and on what. */
export interface OpenOrder extends WeightSource {
  /** What is said of the model beside what its files say. */
  stated?: Stated | undefined;
  backend: Backend;
  /** What WebGPU computes on. */
  adapter: AdapterInfo | null;
  allowFullDownload: boolean;
  expected?: ExpectedFile | undefined;
  /** Aborting it ends the opening at once, whatever it waits for. */
  signal?: AbortSignal | undefined;
}

/** A run's ear for what its workers say. */
export interface RunListener {
  heard(event: RunEvent, from: WorkerLink): void;
  /** The engine is gone: `closed` by its owner, or crashed. */
  lost(error: VggscopeError): void;
}

interface Member {
  link: WorkerLink;
  /** How many of the engine's shards this worker has been given. */
  shards: number;
  /** Settled once it has those that were there when it was asked to take them. */
  supplied: Promise<void>;
}

/** A weight file; without its bytes once every worker that may come has them. */
type Handed = Pick<Shard, "file"> & Partial<Shard>;

/** What workers are wanted for. */
export interface Work {
  layer: string;
  width: number;
  height: number;
  /** How many could climb at once. */
  channels: number;
}

/** The share of a device's memory that a pool may take. */
const POOL_SHARE = 1 / 4;

/** Workers of a pool that have cores; the last core is left to the page where there are more than two. */
export function poolSize(backend: Backend, cores: number): number {
  if (backend === "webgpu") return 1;
  return cores <= 2 ? 2 : Math.min(8, cores - 1);
}

/** Workers that have room, of `needed` bytes each on a device with `memory`; the first is there in any case. */
export function roomFor(memory: number, needed: number): number {
  return Math.max(1, Math.floor((POOL_SHARE * memory) / needed));
}

export class Engine implements LinkListener {
  readonly backend: Backend;
  readonly #adapter: AdapterInfo | null;
  readonly #stated: Stated | undefined;
  readonly #platform: Platform;
  readonly #wasm: Promise<WebAssembly.Module>;
  readonly #onProgress: (progress: WeightProgress) => void;
  readonly #members: Promise<Member>[] = [];
  readonly #links: WorkerLink[] = [];
  readonly #runs = new Map<number, RunListener>();
  /** Workers that have been started and have the model open. */
  readonly #staff: Member[] = [];
  readonly #shards: Handed[] = [];
  /** How many workers there may be: once few had room, there never are more. */
  #most: number;
  readonly #loads = new LoadQueue(
    (layer, signal) => this.#load(layer, signal),
    (layer) => this.#depthOf(layer),
  );
  readonly #timeLeft = new TimeLeft();
  #indexText = "";
  #model: ModelDescription | undefined;
  #bytesFetched = 0;
  #nextRun = 0;
  #gone: VggscopeError | undefined;

  private constructor(
    { backend, adapter, stated }: Pick<OpenOrder, "backend" | "adapter" | "stated">,
    platform: Platform,
    wasm: Promise<WebAssembly.Module>,
    onProgress: (progress: WeightProgress) => void,
  ) {
    this.backend = backend;
    this.#most = poolSize(backend, platform.cores);
    this.#adapter = adapter;
    this.#stated = stated;
    this.#platform = platform;
    this.#wasm = wasm;
    this.#onProgress = onProgress;
  }

  /** Compiles the wasm, starts a first worker meanwhile, and opens the model in it. */
  static async open(
    order: OpenOrder,
    platform: Platform,
    onProgress: (progress: WeightProgress) => void,
  ): Promise<Engine> {
    const { backend, signal } = order;
    try {
      const wasm = platform.compile(backend, signal);
      // Who waits for it hears of it; nobody does where the worker fails first.
      wasm.catch(() => undefined);
      const engine = new Engine(order, platform, wasm, onProgress);
      await engine.#openModel(order);
      return engine;
    } catch (error) {
      throw signal?.aborted ? cancelled(order, error) : error;
    }
  }

  get model(): ModelInfo {
    const model = withStated(this.#described, this.#stated);
    // A pooling has no weights of its own: it is there with the convolution before it.
    const ends = model.layers.map(({ kind }, depth) => (kind === "pooling" ? depth - 1 : depth));
    const loaded = (depth: number) => (ends[depth] ?? depth) <= this.#loads.loadedDepth;
    return { ...model, layers: model.layers.map((layer, depth) => ({ ...layer, loaded: loaded(depth) })) };
  }

  get #described(): ModelDescription {
    if (!this.#model) throw new VggscopeError("weights-not-loaded", words.noModel);
    return this.#model;
  }

  get bytesFetched(): number {
    return this.#bytesFetched;
  }

  /**
   * Workers that hold every weight up to the layer, as many as the work can use and as there is memory for. Aborting `signal`
   * rejects at once, and ends the loading unless others wait for it. What does not fit is refused before anything is loaded.
   */
  async prepare(work: Work, signal?: AbortSignal): Promise<WorkerLink[]> {
    const { layer, channels } = work;
    await this.#makeRoom(work);
    const wanted = Math.min(channels, this.#most);
    while (this.#members.length < wanted) this.#members.push(this.#hire((link) => this.#adopt(link)));
    const hired = Promise.all(this.#members.slice(0, wanted));
    const [members] = await Promise.all([hired, this.#loads.wait(layer, signal)]);
    await Promise.all(members.map((member) => this.#supply(member)));
    this.#clearOut();
    return members.map(({ link }) => link);
  }

  async activation(request: OnImage): Promise<FeatureMap> {
    const [first] = await this.prepare({ ...request, channels: 1 });
    if (!first) throw this.#gone ?? new VggscopeError("engine-unavailable", words.noWorker);
    return first.request("activation", request);
  }

  /** Gives a run its number; it hears of its workers until `forget`. */
  register(run: RunListener): number {
    this.#runs.set(this.#nextRun, run);
    return this.#nextRun++;
  }

  forget(run: number): void {
    this.#runs.delete(run);
  }

  close(): void {
    this.died(new VggscopeError("closed", words.scopeClosed));
  }

  heard(event: WorkerEvent, from: WorkerLink): void {
    if (event.kind === "progress") this.#report(event.report);
    else if (event.kind === "fetched") this.#bytesFetched = event.bytes;
    else this.#runs.get(event.run)?.heard(event, from);
  }

  /** One worker's death is the whole pool's: the runs are spread over all of them. */
  died(error: VggscopeError): void {
    if (this.#gone) return;
    this.#gone = error;
    for (const link of this.#links) link.close(error);
    for (const run of this.#runs.values()) run.lost(error);
    this.#runs.clear();
  }

  /** The worker of an opening that fails or is given up ends, and with it every request it had under way. */
  async #openModel({ sources, name, allowFullDownload, expected = {}, signal }: OpenOrder): Promise<void> {
    const giveUp = () => this.close();
    signal?.addEventListener("abort", giveUp);
    try {
      signal?.throwIfAborted();
      const request = { sources, name, allowFullDownload, expected };
      this.#members.push(this.#hire((link) => this.#openIn(link, request)));
      await this.#members[0];
    } catch (error) {
      this.close();
      throw error;
    } finally {
      signal?.removeEventListener("abort", giveUp);
    }
  }

  async #openIn(link: WorkerLink, request: Requests["open"]["args"]): Promise<void> {
    const { indexText, model } = await link.request("open", request);
    this.#indexText = indexText;
    this.#model = model;
  }

  async #adopt(link: WorkerLink): Promise<void> {
    await link.request("adopt", { indexText: this.#indexText });
  }

  /** Lets no more workers come than have room for such work. */
  async #makeRoom({ layer, width, height }: Work): Promise<void> {
    const first = await this.#members[0];
    if (!first) throw this.#gone ?? new VggscopeError("engine-unavailable", words.noWorker);
    const { memory } = this.#platform;
    const needed = await first.link.request("memory", { layer, width, height });
    if (needed > memory)
      throw new VggscopeError("image-too-large", words.noMemory({ layer, width, height }, needed, memory));
    this.#most = Math.max(this.#members.length, Math.min(this.#most, roomFor(memory, needed)));
  }

  /** A new worker, started and with the model open. */
  async #hire(openModel: (link: WorkerLink) => Promise<void>): Promise<Member> {
    if (this.#gone) throw this.#gone;
    const link = new WorkerLink(this.#platform.createWorker(), this, this.#platform.explain);
    this.#links.push(link);
    const { backend } = this;
    const [module] = await Promise.all([this.#wasm, link.request("prepare", { backend })]);
    await link.request("start", { adapter: this.#adapter, module });
    await openModel(link);
    const member = { link, shards: 0, supplied: Promise.resolve() };
    this.#staff.push(member);
    return member;
  }

  /** The first worker fetches, and what it fetched is kept for the others. */
  async #load(layer: string, signal: AbortSignal): Promise<void> {
    const first = await this.#members[0];
    if (!first) throw this.#gone ?? new VggscopeError("engine-unavailable", words.noWorker);
    const { shards, model } = await first.link.request("load", { layer }, { signal });
    this.#model = model;
    if (this.backend === "cpu") this.#keep(shards);
    first.shards = this.#shards.length;
  }

  /** Loads that overlap may both bring a file. */
  #keep(shards: readonly Shard[]): void {
    const known = new Set(this.#shards.map(({ file }) => file));
    this.#shards.push(...shards.filter(({ file }) => !known.has(file)));
  }

  /** A layer that VGG16 lacks is as deep as can be, so that only its own load answers for it. */
  #depthOf(layer: string): number {
    const depth = this.#described.layers.findIndex(({ name }) => name === layer);
    return depth === -1 ? Number.POSITIVE_INFINITY : depth;
  }

  #report(report: LoadReport): void {
    const { loadedBytes, totalBytes, state } = report;
    const secondsLeft = this.#timeLeft.estimate(loadedBytes, totalBytes, performance.now());
    const moving = state === "fetching" || state === "reading";
    this.#onProgress({ ...report, secondsLeft: moving ? secondsLeft : undefined });
  }

  /** Gives a worker the shards that it lacks; while it takes some, others wait. */
  #supply(member: Member): Promise<void> {
    member.supplied = member.supplied.catch(() => undefined).then(() => this.#hand(member));
    return member.supplied;
  }

  /** One message per shard, so that no single copy holds the page up, and one at a time, so that one copy at most is on its way. */
  async #hand(member: Member): Promise<void> {
    for (const { file, bytes } of this.#shards.slice(member.shards)) {
      if (bytes) await member.link.request("accept", { file, bytes });
      member.shards += 1;
    }
  }

  /** Lets go of files that nobody needs any more. */
  #clearOut(): void {
    const all = this.#shards.length;
    if (this.#staff.length < this.#most || this.#staff.some(({ shards }) => shards < all)) return;
    for (const shard of this.#shards) delete shard.bytes;
  }
}

function cancelled({ name }: WeightSource, cause: unknown): VggscopeError {
  return new VggscopeError("weights-cancelled", words.openingCancelled(name), { cause });
}
