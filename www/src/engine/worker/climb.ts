/**
 * One worker's share of a run: its channels in batches, stepped in turn so that every tile moves evenly, with a
 * turn of the event loop after each step so that a stop is heard at once and canvases are shown.
 */
import { VggscopeError } from "../../public/errors";
import { macrotask } from "../macrotask";
import { type ClimbOrder, CREDIT, type RunEvent, type SentIterate } from "../protocol";
import type { WasmAscent, WasmAscentSettings, WasmIterate, WasmModule } from "../wasm-module";
import { Credit } from "./credit";
import { History } from "./history";

interface Batch {
  channels: number[];
  ascent: WasmAscent;
}

/** What a climb needs of its worker. */
export interface ClimbTools {
  wasm: Pick<WasmModule, "batchSize" | "draw">;
  ascend(settings: WasmAscentSettings): Promise<WasmAscent>;
  post(event: RunEvent, transfer: Transferable[]): void;
}

export class Climb {
  readonly #order: ClimbOrder;
  readonly #tools: ClimbTools;
  readonly #history: History;
  readonly #credit = new Credit(CREDIT);
  readonly #canvases: ReadonlyMap<number, OffscreenCanvas> | undefined;
  #batches: Batch[] = [];
  #stopped = false;
  #draining = false;
  #released = false;
  #replaying: Promise<unknown> = Promise.resolve();

  constructor(order: ClimbOrder, tools: ClimbTools) {
    this.#order = order;
    this.#tools = tools;
    this.#history = new History(order.keep);
    const { canvases } = order;
    if (canvases) this.#canvases = pair(order.channels, canvases);
    if (canvases) this.#credit.lift();
  }

  /** Sets every batch up; throws what the engine finds wrong with the settings. */
  async open(): Promise<void> {
    const { settings, channels } = this.#order;
    const size = this.#tools.wasm.batchSize(settings.layer, settings.width, settings.height);
    for (const batch of chunks(channels, Math.max(1, size))) {
      const ascent = await this.#tools.ascend({ ...settings, channels: batch });
      this.#batches.push({ channels: batch, ascent });
    }
  }

  /** Climbs to the end, or until stopped. */
  async run(): Promise<void> {
    for (let iteration = 1; iteration <= this.#order.iterations; iteration++) {
      for (const batch of this.#batches) {
        await this.#credit.take(batch.channels.length);
        if (this.#stopped) return this.#end();
        this.#publish(await batch.ascent.step());
        await macrotask();
      }
    }
    this.#end();
  }

  stop(): void {
    this.#stopped = true;
    this.#credit.lift();
  }

  credit(count: number): void {
    this.#credit.give(count);
  }

  drain(): void {
    this.#draining = true;
    this.#credit.lift();
  }

  release(): void {
    this.#released = true;
    this.#history.clear();
    this.stop();
  }

  rgba(channel: number, iteration: number): Uint8ClampedArray {
    return this.#history.rgba(channel, iteration).slice();
  }

  /** The exact image, computed again where it was not kept; one at a time, because neighbours often follow. */
  pixels(channel: number, iteration: number): Promise<Float32Array> {
    const found = this.#replaying.then(() => this.#exact(channel, iteration));
    this.#replaying = found.catch(() => undefined);
    return found.then((pixels) => pixels.slice());
  }

  async #exact(channel: number, iteration: number): Promise<Float32Array> {
    return this.#history.pixels(channel, iteration) ?? (await this.#replay(channel, iteration));
  }

  /** The same batch from the nearest checkpoint: the same arithmetic in the same order, so the same bits. */
  async #replay(channel: number, iteration: number): Promise<Float32Array> {
    const { settings } = this.#order;
    const { channels } = this.#batchOf(channel);
    const resume = this.#history.checkpoint(channels[0] ?? channel, iteration);
    const ascent = await this.#tools.ascend({ ...settings, channels, ...(resume && { resume }) });
    try {
      let images: WasmIterate[] = [];
      for (let done = resume?.iteration ?? 0; done < iteration; done++) {
        images = await ascent.step();
        this.#history.remember(images);
        await macrotask();
      }
      return this.#found(images, channel);
    } finally {
      ascent.free();
    }
  }

  #found(images: WasmIterate[], channel: number): Float32Array {
    const image = images.find((candidate) => candidate.channel === channel);
    if (!image)
      throw new VggscopeError("compute-failed", `Channel ${channel} is missing from its own batch.`);
    return image.pixels;
  }

  #batchOf(channel: number): Batch {
    const batch = this.#batches.find(({ channels }) => channels.includes(channel));
    if (!batch) throw new VggscopeError("iterate-not-kept", `Channel ${channel} is not part of this run.`);
    return batch;
  }

  #publish(iterates: WasmIterate[]): void {
    if (this.#released) return;
    this.#history.record(iterates);
    for (const iterate of iterates) this.#draw(iterate);
    const withPicture = !this.#canvases && !this.#draining;
    const items = iterates.map((iterate) => sent(iterate, withPicture));
    const transfer = items.flatMap(({ rgba }) => (rgba ? [rgba.buffer] : []));
    this.#tools.post({ kind: "iterates", run: this.#order.run, items }, transfer);
  }

  #draw({ channel, rgba }: WasmIterate): void {
    const canvas = this.#canvases?.get(channel);
    const { width, height } = this.#order.settings;
    if (canvas) this.#tools.wasm.draw(canvas, rgba, width, height);
  }

  /** The history has all there is to read again, so the device's memory can go. */
  #end(): void {
    for (const { ascent } of this.#batches) ascent.free();
    this.#tools.post({ kind: "ended", run: this.#order.run }, []);
  }
}

/** Facts to send; a picture travels as a copy, since the history keeps its own. */
function sent({ pixels: _kept, rgba, ...facts }: WasmIterate, withPicture: boolean): SentIterate {
  return withPicture ? { ...facts, rgba: rgba.slice() } : facts;
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
