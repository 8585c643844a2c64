/** A run as its caller sees it: its workers' iterates as one stream, its end, and its kept iterates. */
import { VggscopeError } from "../public/errors";
import type {
  Gradient,
  IterateFacts,
  Keep,
  KeptIterate,
  Movement,
  Outcome,
  Run,
  RunChanges,
} from "../public/types";
import * as words from "../words/errors";
import type { Engine, RunListener } from "./engine";
import { checkRunChanges } from "./options";
import { asVggscopeError, toError } from "./shared/failure";
import type { Attention, Change, RunEvent, RunNotice, SentIterate } from "./shared/protocol";
import type { AscentSettings } from "./shared/wasm-module";
import type { WorkerLink } from "./worker-link";

/** A checked order, complete with defaults. */
export interface RunOrder {
  settings: AscentSettings;
  channels: readonly number[];
  iterations: number;
  keep: Keep;
  canvases?: readonly OffscreenCanvas[];
}

interface Unread {
  item: SentIterate;
  from: WorkerLink;
}

interface Reader {
  resolve(result: IteratorResult<IterateFacts, undefined>): void;
  reject(error: VggscopeError): void;
}

export class AscentRun implements Run<IterateFacts>, RunListener {
  readonly #engine: Engine;
  #order: RunOrder;
  readonly #id: number;
  readonly #end = deferred<Outcome>();
  readonly #readers: Reader[] = [];
  /** Aborted when the run is stopped: its weights need not come any more. */
  readonly #loading = new AbortController();
  #unread: Unread[] = [];
  /** The workers that climb, and which of them has which channel. */
  #workers: readonly WorkerLink[] = [];
  readonly #home = new Map<number, WorkerLink>();
  /** How many changes of the run each worker knew of when it had taken all its steps. */
  readonly #arrived = new Map<WorkerLink, number>();
  #ended = 0;
  /** How many times the run was changed. */
  #changes = 0;
  /** Those that workers are still to be told of. */
  #untold = 0;
  /** The iterate that canvases are to show. */
  #shown = Number.POSITIVE_INFINITY;
  /** Pixels of the screen that a canvas's row has; not known at first. */
  #shownWidth = Number.POSITIVE_INFINITY;
  /** Until told otherwise, nothing is ahead of anything. */
  #attention: Attention = { channels: [], hidden: false };
  #received = 0;
  /** Steps taken by the channel that is ahead. */
  #farthest = 0;
  #every = 1;
  #iterations: number;
  #paused = false;
  #stopped = false;
  #reading = false;
  #draining = false;
  #released = false;
  #settled = false;
  #failure: VggscopeError | undefined;

  constructor(engine: Engine, order: RunOrder) {
    this.#engine = engine;
    this.#order = order;
    this.#iterations = order.iterations;
    this.#id = engine.register(this);
    // Whoever reads only the iterates hears of a failure there.
    this.#end.promise.catch(() => undefined);
    void this.#begin().catch((error: unknown) => this.#fail(asVggscopeError(error, "compute-failed")));
  }

  get finished(): Promise<Outcome> {
    // A loop may follow in the same breath; only without one are the iterates dropped.
    if (!this.#reading) setTimeout(() => this.#reading || this.#drain());
    return this.#end.promise;
  }

  [Symbol.asyncIterator](): AsyncIterator<IterateFacts, undefined> {
    this.#reading = true;
    return {
      next: () => this.#next(),
      return: async () => {
        this.stop();
        this.#unread = [];
        return { done: true, value: undefined };
      },
    };
  }

  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#loading.abort();
    this.#notify({ kind: "stop", run: this.#id });
    if (this.#workers.length === 0) this.#settle();
  }

  pause(): void {
    this.#paused = true;
    this.#notify({ kind: "pause", run: this.#id });
  }

  resume(changes: RunChanges = {}): Promise<number> {
    checkRunChanges(changes);
    if (this.#stopped || this.#settled) return Promise.resolve(this.#farthest);
    this.#paused = false;
    const change = given(changes);
    this.#iterations = change.iterations ?? this.#iterations;
    // Workers that are still to come begin with them.
    if (this.#workers.length === 0) this.#reorder(change);
    else if (Object.keys(change).length > 0) return this.#change(change);
    this.#goOn();
    return Promise.resolve(this.#farthest);
  }

  #reorder({ iterations = this.#order.iterations, ...change }: Change): void {
    const settings = { ...this.#order.settings, ...change };
    this.#order = { ...this.#order, iterations, settings };
  }

  /** Where every worker stands is asked first: other settings hold for all channels from the farthest iterate. */
  async #change(change: Change): Promise<number> {
    const number = ++this.#changes;
    this.#untold += 1;
    const stands = this.#workers.map((link) => link.request("stand", { run: this.#id }));
    // A worker that cannot say is gone, and the run with it.
    const places = await Promise.all(stands).catch(() => []);
    const after = Math.max(this.#farthest, ...places);
    this.#notify({ kind: "change", run: this.#id, number, after, ...change });
    this.#untold -= 1;
    this.#goOn();
    return after;
  }

  /** Unless it was paused again, or there is a change to come that pauses it first. */
  #goOn(): void {
    if (this.#paused || this.#untold > 0) return;
    this.#notify({ kind: "resume", run: this.#id });
    this.#finishIfDone();
  }

  get every(): number {
    return this.#every;
  }

  async iterate(channel: number, iteration: number): Promise<KeptIterate> {
    const link = this.#homeOf(channel);
    const rgba = await link.request("rgba", { run: this.#id, channel, iteration });
    return { channel, iteration, rgba, pixels: () => this.#pixels(link, channel, iteration) };
  }

  async gradient(channel: number, iteration: number): Promise<Gradient> {
    return this.#homeOf(channel).request("gradient", { run: this.#id, channel, iteration });
  }

  async moved(channel: number, iteration: number): Promise<Movement> {
    return this.#homeOf(channel).request("moved", { run: this.#id, channel, iteration });
  }

  show(iteration: number): void {
    this.#shown = iteration;
    this.#notify({ kind: "show", run: this.#id, iteration });
  }

  fit(shownWidth: number): void {
    this.#shownWidth = shownWidth;
    this.#notify({ kind: "fit", run: this.#id, shownWidth });
  }

  attend(channels: readonly number[], hidden = false): void {
    this.#attention = { channels, hidden };
    this.#notify({ kind: "attend", run: this.#id, ...this.#attention });
  }

  release(): void {
    this.stop();
    this.#released = true;
    this.#unread = [];
    this.#notify({ kind: "release", run: this.#id });
  }

  #notify(notice: RunNotice): void {
    for (const link of this.#workers) link.notify(notice);
  }

  heard(event: RunEvent, from: WorkerLink): void {
    if (event.kind === "iterates") {
      // A worker that keeps more has these too.
      this.#every = Math.max(this.#every, event.every);
      for (const item of event.items) this.#receive({ item, from });
    } else if (event.kind === "run-failed") this.#fail(toError(event.failure));
    else if (event.kind === "arrived") this.#note(from, event.changes);
    else if (++this.#ended === this.#workers.length) this.#settle();
  }

  #note(from: WorkerLink, changes: number): void {
    this.#arrived.set(from, changes);
    this.#finishIfDone();
  }

  /** All workers have taken all steps that they were ever asked for, and nobody is about to ask for more. */
  #finishIfDone(): void {
    const done = this.#workers.every((link) => this.#arrived.get(link) === this.#changes);
    if (!done || this.#paused || this.#workers.length === 0) return;
    this.#settle();
    this.stop();
  }

  lost(error: VggscopeError): void {
    if (error.code !== "closed") this.#fail(error);
    this.#stopped = true;
    this.#settle();
  }

  async #begin(): Promise<void> {
    const { settings, channels } = this.#order;
    const work = { ...settings, channels: channels.length };
    const links = await this.#engine.prepare(work, this.#loading.signal);
    if (this.#stopped || this.#settled) return;
    this.#workers = links;
    await Promise.all(links.map((link, part) => this.#send(link, part)));
  }

  /** Gives one worker every channel whose position leaves the remainder `part`. */
  #send(link: WorkerLink, part: number): Promise<null> {
    const { settings, iterations, keep, canvases } = this.#order;
    const mine = (_value: unknown, position: number) => position % this.#workers.length === part;
    const channels = this.#order.channels.filter(mine);
    const tiles = canvases?.filter(mine);
    for (const channel of channels) this.#home.set(channel, link);
    const share = { channels, runChannels: this.#order.channels.length, ...(tiles && { canvases: tiles }) };
    const attention = this.#attention;
    const order = { run: this.#id, settings, iterations, keep, attention, ...share };
    const sent = link.request("ascend", order, { transfer: tiles ?? [] });
    link.notify({ kind: "show", run: this.#id, iteration: this.#shown });
    link.notify({ kind: "fit", run: this.#id, shownWidth: this.#shownWidth });
    if (this.#draining) link.notify({ kind: "drain", run: this.#id });
    if (this.#paused) link.notify({ kind: "pause", run: this.#id });
    return sent;
  }

  #receive(unread: Unread): void {
    this.#received += 1;
    this.#farthest = Math.max(this.#farthest, unread.item.iteration);
    if (this.#draining || this.#released) return;
    this.#unread.push(unread);
    const reader = this.#readers.shift();
    if (reader) reader.resolve(this.#take() ?? { done: true, value: undefined });
  }

  /** The oldest unread iterate; its worker may compute another. */
  #take(): IteratorResult<IterateFacts, undefined> | undefined {
    const unread = this.#unread.shift();
    if (!unread) return undefined;
    const { item, from } = unread;
    if (!this.#order.canvases) from.notify({ kind: "read", run: this.#id, count: 1 });
    const value = { ...item, pixels: () => this.#pixels(from, item.channel, item.iteration) };
    return { done: false, value };
  }

  async #next(): Promise<IteratorResult<IterateFacts, undefined>> {
    const taken = this.#take();
    if (taken) return taken;
    if (this.#failure) throw this.#failure;
    if (this.#settled) return { done: true, value: undefined };
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  #drain(): void {
    this.#draining = true;
    this.#unread = [];
    this.#notify({ kind: "drain", run: this.#id });
  }

  #pixels(link: WorkerLink, channel: number, iteration: number): Promise<Float32Array> {
    return link.request("pixels", { run: this.#id, channel, iteration });
  }

  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    const all = this.#order.channels.length * this.#iterations;
    this.#end.resolve(this.#stopped && this.#received < all ? "stopped" : "finished");
    for (const reader of this.#readers.splice(0)) reader.resolve({ done: true, value: undefined });
    this.#engine.forget(this.#id);
  }

  #fail(error: VggscopeError): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#failure = error;
    this.#end.reject(error);
    for (const reader of this.#readers.splice(0)) reader.reject(error);
    this.#engine.forget(this.#id);
    this.stop();
  }

  /** The worker that has this channel's iterates. */
  #homeOf(channel: number): WorkerLink {
    const link = this.#home.get(channel);
    if (this.#released) throw new VggscopeError("iterate-not-kept", words.iteratesReleased);
    if (link) return link;
    const here = this.#order.channels.includes(channel);
    throw new VggscopeError("iterate-not-kept", here ? words.notStarted(channel) : words.notInRun(channel));
  }
}

/** What differs, without what is left out. */
function given({ learningRate, step, iterations }: RunChanges): Change {
  return {
    ...(learningRate !== undefined && { learningRate }),
    ...(step && { step }),
    ...(iterations !== undefined && { iterations }),
  };
}

interface Deferred<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(error: VggscopeError): void;
}

function deferred<T>(): Deferred<T> {
  const settle: Partial<Deferred<T>> = {};
  const promise = new Promise<T>((resolve, reject) => Object.assign(settle, { resolve, reject }));
  return { promise, resolve: (value) => settle.resolve?.(value), reject: (error) => settle.reject?.(error) };
}
