/**
 * One worker's share of a run: its channels in batches, stepped in turn so that every tile moves evenly, with a
 * turn of the event loop after each step so that a stop is heard at once and canvases are shown.
 */

import { macrotask } from "../../basics/macrotask";
import { VggscopeError } from "../../public/errors";
import type { Gradient, Movement } from "../../public/types";
import * as words from "../../words/worker-errors";
import {
  type AscentOrder,
  type Attention,
  type Change,
  MAX_UNREAD,
  type RunEvent,
  type StepChange,
} from "../shared/protocol";
import { CHECKPOINT_EVERY } from "../shared/spacing";
import type {
  Checkpoint,
  OnImage,
  WasmAscent,
  WasmAscentSettings,
  WasmDevice,
  WasmIterate,
  WasmModule,
} from "../shared/wasm-module";
import { BackPressure } from "./back-pressure";
import { Canvases } from "./canvases";
import { Exact } from "./exact";
import type { Packing } from "./film";
import { History } from "./history";
import { Outbox } from "./outbox";
import { Pausing } from "./pausing";
import { SettingsHistory } from "./settings-history";

interface Batch {
  channels: number[];
  ascent: WasmAscent;
}

/** While the page is out of sight, the worker rests after each step for so many times as long as the step took, within limits. */
const REST = { times: 3, mostMs: 1000 };

/** Steps shorter than this are over before word of them is back, so some are handed over ahead of the one waited for. */
const SHORT = { ms: 4, ahead: 3 };

/** What a climb needs of its worker. */
export interface RunShareTools {
  draw: WasmModule["draw"];
  packing: Packing;
  batchSize: WasmDevice["batchSize"];
  ascend(settings: WasmAscentSettings): Promise<WasmAscent>;
  gradient(request: OnImage): Promise<Gradient>;
  post(event: RunEvent, transfer: Transferable[]): void;
}

export class RunShare {
  readonly #order: AscentOrder;
  readonly #tools: RunShareTools;
  readonly #history: History;
  readonly #exact: Exact;
  readonly #canvases: Canvases | undefined;
  readonly #backPressure = new BackPressure(MAX_UNREAD);
  readonly #settings: SettingsHistory;
  readonly #pausing = new Pausing();
  readonly #outbox: Outbox;
  #iterations: number;
  /** Other settings, the first first, each to be heeded once every batch has come to the iterate after which they hold. */
  readonly #due: (StepChange & { after: number })[] = [];
  /** How many changes of the run it has heard of. */
  #changes = 0;
  #batches: Batch[] = [];
  /** Steps handed to the device and not yet read, the oldest first. */
  readonly #inFlight: Promise<void>[] = [];
  /** The iterate that the step handed over last leads to. */
  #farthest = 0;
  /** Up to this iterate, steps come with their exact images. */
  #exactUntil = 0;
  /** Steps handed over that are not waited for. */
  #ahead = 1;
  #attention: Attention;
  /** Wakes a climb that has come to its end and may be given more steps. */
  #wake: (() => void) | undefined;
  #stopped = false;
  #draining = false;
  #released = false;

  constructor(order: AscentOrder, tools: RunShareTools) {
    this.#order = order;
    this.#tools = tools;
    this.#settings = new SettingsHistory(order.settings);
    this.#iterations = order.iterations;
    this.#attention = order.attention;
    const { settings, canvases, keep, runChannels } = order;
    const { width, height } = settings;
    const history = new History(keep, order.channels.length / runChannels, tools.packing);
    const { ascend, gradient } = tools;
    this.#outbox = new Outbox(order.run, () => history.every, tools.post);
    const exact = new Exact({
      settings: this.#settings,
      history,
      ascend,
      gradient,
      batchOf: (channel) => this.#batchOf(channel).channels,
    });
    this.#history = history;
    this.#exact = exact;
    if (!canvases) return;
    const { draw } = tools;
    const start = () => exact.start();
    this.#canvases = new Canvases(pair(order.channels, canvases), { draw, width, height, history, start });
    this.#backPressure.lift();
  }

  /** Sets every batch up; throws what the engine finds wrong with the settings. */
  async open(): Promise<void> {
    const { settings, channels } = this.#order;
    const size = this.#tools.batchSize(settings.layer, settings.width, settings.height);
    for (const batch of chunks(channels, Math.max(1, size))) {
      const ascent = await this.#tools.ascend({ ...settings, channels: batch });
      this.#batches.push({ channels: batch, ascent });
    }
  }

  /** Climbs to the end and as far as it is told to go on from there, until it is stopped; then the device's memory is free. */
  async run(): Promise<void> {
    try {
      let done = 0;
      while (!this.#stopped) {
        if (done >= this.#iterations) await this.#arrive();
        else if (await this.#round(done + 1)) done += 1;
      }
      await this.#rest();
    } finally {
      this.free();
    }
    this.#tools.post({ kind: "ended", run: this.#order.run }, []);
  }

  /** Frees what the device holds of it. */
  free(): void {
    for (const { ascent } of this.#batches) ascent.free();
  }

  /** At the end for now: says so, and waits for more steps or a stop. */
  async #arrive(): Promise<void> {
    const changes = this.#changes;
    await this.#rest();
    // It may have been told to go on meanwhile.
    if (this.#stopped || changes !== this.#changes) return;
    this.#tools.post({ kind: "arrived", run: this.#order.run, changes }, []);
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Reads and tells what is still to be read. The history then has all there is to read again. */
  async #rest(): Promise<void> {
    await Promise.all(this.#inFlight.splice(0));
    if (this.#released) return;
    this.#outbox.send();
    for (const batch of this.#batches) {
      const newest = await this.#standing(batch);
      if (newest) this.#history.rest(batch.channels, newest);
    }
  }

  /** A step of every batch that has not taken it; false if the climb was to end before. */
  async #round(iteration: number): Promise<boolean> {
    const left = new Set(this.#batches.filter(({ ascent }) => ascent.iteration < iteration));
    for (let batch = this.#choose(left); batch; batch = this.#choose(left)) {
      await this.#backPressure.wait(batch.channels.length);
      await this.#canvases?.giveWay(() => this.#stopped);
      await this.#pausing.over();
      // Other settings begin with a round. The climb may be paused again while they are set up.
      while (left.size === this.#batches.length && this.#isChangeDue(iteration - 1)) {
        await this.#takeChange(iteration - 1);
        await this.#pausing.over();
      }
      // It may have become shorter.
      if (this.#stopped || iteration > this.#iterations) return false;
      left.delete(batch);
      await this.#breathe(await this.#take(batch));
    }
    return true;
  }

  /**
   * Hands the device a batch's step, then waits for one before it: a GPU has the next step while the last is read. Resolves
   * to the milliseconds that took.
   */
  async #take(batch: Batch): Promise<number> {
    const begun = performance.now();
    const taken = this.#step(batch);
    // If it fails, a later turn says so.
    taken.catch(() => undefined);
    this.#inFlight.push(taken);
    const waits = this.#inFlight.length > this.#ahead;
    while (this.#inFlight.length > this.#ahead) await this.#inFlight.shift();
    const ms = performance.now() - begun;
    if (waits) this.#ahead = ms < SHORT.ms ? SHORT.ahead : 1;
    return ms;
  }

  async #step({ ascent }: Batch): Promise<void> {
    const step = ascent.step();
    const { iteration } = ascent;
    this.#farthest = iteration;
    const exactly = this.#history.wantsExact(iteration) || iteration <= this.#exactUntil;
    const [iterates, images] = await Promise.all([step, exactly ? ascent.images() : undefined]);
    if (!this.#released) this.#publish(iterates, images);
  }

  /** Of those that are still to take this round's step: one that is on the screen, where there is one. */
  #choose(left: ReadonlySet<Batch>): Batch | undefined {
    const { channels: seen } = this.#attention;
    const batches = [...left];
    return batches.find(({ channels }) => channels.some((channel) => seen.includes(channel))) ?? batches[0];
  }

  /** Lets the event loop turn; leaves most of the machine to others while nobody can see what it does. */
  async #breathe(stepMs: number): Promise<void> {
    if (!this.#attention.hidden) return macrotask();
    const ms = Math.min(REST.times * stepMs, REST.mostMs);
    await new Promise((resolve) => setTimeout(resolve, ms));
  }

  attend({ channels, hidden }: Attention): void {
    this.#attention = { channels, hidden };
  }

  stop(): void {
    this.#stopped = true;
    this.#backPressure.lift();
    this.#pausing.end();
    this.#wake?.();
  }

  /** After the step in progress, until `resume`. */
  pause(): void {
    if (!this.#stopped) this.#pausing.begin();
  }

  /** Pauses; the farthest iterate that a step has been taken to. No other step is taken before `resume`. */
  stand(): number {
    this.pause();
    return this.#farthest;
  }

  /** The number of steps changes at once, other settings hold from the iterate `after`. */
  change({
    number,
    after,
    iterations,
    learningRate,
    step,
  }: Change & { number: number; after: number }): void {
    this.#changes = number;
    this.#iterations = iterations ?? this.#iterations;
    this.#due.push({ after, ...(learningRate !== undefined && { learningRate }), ...(step && { step }) });
    this.#wake?.();
  }

  resume(): void {
    this.#pausing.end();
  }

  /** Whether there are other settings to begin with, when every batch has taken `done` steps. */
  #isChangeDue(done: number): boolean {
    const [next] = this.#due;
    return !this.#stopped && next !== undefined && done >= next.after;
  }

  async #takeChange(done: number): Promise<void> {
    const { after: _after, ...change } = this.#due.shift() ?? {};
    await Promise.all(this.#inFlight.splice(0));
    if (!this.#settings.change(done, change)) return;
    for (const batch of this.#batches) {
      const { channels, ascent } = batch;
      const resume = await this.#standing(batch);
      if (resume) this.#history.pin(channels, resume);
      const settings = { ...this.#settings.newest, channels, ...(resume && { resume }) };
      batch.ascent = await this.#tools.ascend(settings);
      ascent.free();
    }
  }

  /** A batch's exact images once its steps are read: the history's, or else the device's; undefined before the first step. */
  async #standing({ channels, ascent }: Batch): Promise<Checkpoint | undefined> {
    const { iteration } = ascent;
    if (iteration === 0) return undefined;
    const kept = this.#history.checkpoint(channels[0] ?? 0, iteration);
    const images = kept?.iteration === iteration ? kept.images : await ascent.images();
    return { iteration, images };
  }

  read(count: number): void {
    this.#backPressure.read(count);
  }

  drain(): void {
    this.#draining = true;
    this.#backPressure.lift();
  }

  show(iteration: number): void {
    this.#canvases?.show(iteration);
  }

  fit(shownWidth: number): void {
    this.#canvases?.fit(shownWidth);
  }

  release(): void {
    this.#released = true;
    this.#history.clear();
    this.stop();
  }

  rgba(channel: number, iteration: number): Promise<Uint8ClampedArray> {
    return this.#exact.rgba(channel, iteration);
  }

  pixels(channel: number, iteration: number): Promise<Float32Array> {
    this.#exactForAWhile();
    return this.#exact.pixels(channel, iteration);
  }

  gradient(channel: number, iteration: number): Promise<Gradient> {
    this.#exactForAWhile();
    return this.#exact.gradient(channel, iteration);
  }

  moved(channel: number, iteration: number): Promise<Movement> {
    return this.#exact.moved(channel, iteration);
  }

  /** Whoever reads an exact image may want those to come. */
  #exactForAWhile(): void {
    this.#exactUntil = this.#farthest + CHECKPOINT_EVERY;
  }

  #batchOf(channel: number): Batch {
    const batch = this.#batches.find(({ channels }) => channels.includes(channel));
    if (!batch) throw new VggscopeError("iterate-not-kept", words.notInRun(channel));
    return batch;
  }

  #publish(iterates: WasmIterate[], images: Float32Array[] | undefined): void {
    this.#history.record(iterates, images);
    for (const iterate of iterates) this.#canvases?.publish(iterate);
    this.#outbox.add(iterates, !this.#canvases && !this.#draining);
    if (this.#canvases) this.#outbox.sendSoon();
    else this.#outbox.send();
  }
}

function chunks(channels: readonly number[], size: number): number[][] {
  const starts = Array.from({ length: Math.ceil(channels.length / size) }, (_, index) => index * size);
  return starts.map((start) => channels.slice(start, start + size));
}

function pair(
  channels: readonly number[],
  canvases: readonly OffscreenCanvas[],
): Map<number, OffscreenCanvas> {
  return new Map(
    channels.flatMap((channel, index) => {
      const canvas = canvases[index];
      return canvas ? [[channel, canvas] as const] : [];
    }),
  );
}
