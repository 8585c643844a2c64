/** What is computed again from a run's kept iterates: exact images, the start, and gradients. */

import { macrotask } from "../../basics/macrotask";
import { VggscopeError } from "../../public/errors";
import type { Gradient, Movement } from "../../public/types";
import * as words from "../../words/worker-errors";
import type {
  AscentSettings,
  OnImage,
  WasmAscent,
  WasmAscentSettings,
  WasmIterate,
} from "../shared/wasm-module";
import type { History, Image, Step } from "./history";
import type { SettingsHistory } from "./settings-history";

/** The convolution that every model has, and the cheapest. */
const FIRST_LAYER = "block1_conv1";

/** An iterate with its exact image. */
type ExactIterate = WasmIterate & Image;

/** What is needed of the run. */
export interface ExactTools {
  settings: SettingsHistory;
  history: History;
  ascend(settings: WasmAscentSettings): Promise<WasmAscent>;
  gradient(request: OnImage): Promise<Gradient>;
  /** The channels that climb together with this one. */
  batchOf(channel: number): readonly number[];
}

export class Exact {
  readonly #tools: ExactTools;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(tools: ExactTools) {
    this.#tools = tools;
  }

  async rgba(channel: number, iteration: number): Promise<Uint8ClampedArray> {
    const kept = this.#tools.history.rgba(channel, iteration);
    return kept ?? (await this.#inTurn(() => this.#image(channel, iteration))).rgba.slice();
  }

  async pixels(channel: number, iteration: number): Promise<Float32Array> {
    return (await this.#inTurn(() => this.#exact(channel, iteration))).slice();
  }

  gradient(channel: number, iteration: number): Promise<Gradient> {
    return this.#inTurn(async () => {
      const image = await this.#exact(channel, iteration);
      const { layer, width, height, preprocessing } = this.#tools.settings.newest;
      return this.#tools.gradient({ layer, channel, width, height, preprocessing, image });
    });
  }

  moved(channel: number, iteration: number): Promise<Movement> {
    return this.#inTurn(async () => {
      // Also where no iterate but the newest is kept.
      const { pixels: start } = this.#tools.history.start ?? (await this.#start());
      return movement(start, await this.#exact(channel, iteration));
    });
  }

  /** The image before the first step: where a step of length zero leads. */
  start(): Promise<Image> {
    return this.#inTurn(() => this.#start());
  }

  /** One at a time, because neighbours often follow and then find what is at hand. */
  #inTurn<T>(compute: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(compute);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #exact(channel: number, iteration: number): Promise<Float32Array> {
    return this.#tools.history.pixels(channel, iteration) ?? (await this.#image(channel, iteration)).pixels;
  }

  #image(channel: number, iteration: number): Promise<Image> {
    return iteration === 0 ? this.#start() : this.#replay(channel, iteration);
  }

  async #start(): Promise<Image> {
    const settings = {
      ...this.#tools.settings.at(1),
      layer: FIRST_LAYER,
      step: "gradient",
      learningRate: 0,
    } as const;
    const start = await this.#step(0, settings);
    this.#tools.history.rememberStart(start);
    return start;
  }

  /** The same batch from the nearest images that will do: the same arithmetic in the same order, so the same bits. */
  async #replay(channel: number, iteration: number): Promise<Image> {
    const { settings, history } = this.#tools;
    const channels = [...this.#tools.batchOf(channel)];
    const resume = history.checkpoint(channels[0] ?? channel, settings.latestStart(iteration));
    const ascent = await this.#tools.ascend({
      ...settings.at(iteration),
      channels,
      ...(resume && { resume }),
    });
    try {
      let step: Step = { iterates: [], images: [] };
      for (let done = resume?.iteration ?? 0; done < iteration; done++) {
        step = await exactStep(ascent);
        history.remember(step);
        await macrotask();
      }
      return found(step, channel);
    } finally {
      ascent.free();
    }
  }

  /** One step of one channel. */
  async #step(channel: number, settings: AscentSettings): Promise<ExactIterate> {
    const ascent = await this.#tools.ascend({ ...settings, channels: [channel] });
    try {
      return found(await exactStep(ascent), channel);
    } finally {
      ascent.free();
    }
  }
}

function movement(start: Float32Array, image: Float32Array): Movement {
  let [most, least, greatest] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  image.forEach((value, at) => {
    most = Math.max(most, Math.abs(value - (start[at] ?? 0)));
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  });
  return { most, range: greatest - least };
}

async function exactStep(ascent: WasmAscent): Promise<Step> {
  const [iterates, images] = await Promise.all([ascent.step(), ascent.images()]);
  return { iterates, images };
}

function found({ iterates, images }: Step, channel: number): ExactIterate {
  const index = iterates.findIndex((iterate) => iterate.channel === channel);
  const [iterate, pixels] = [iterates[index], images[index]];
  if (iterate && pixels) return { ...iterate, pixels };
  throw new VggscopeError("compute-failed", words.notInBatch(channel));
}
