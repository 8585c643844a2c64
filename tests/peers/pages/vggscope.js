// The built site's public API, as any other page would use it.

import { Vggscope } from "/vggscope.js";

const backend = new URLSearchParams(location.search).get("backend");
const opened = Vggscope.open({ weights: "/weights/untrained/", backend });
// Whoever calls below hears of a failure.
opened.catch(() => undefined);

/** Resolves to the device that computes, where that is not the CPU. */
globalThis.describe = async () => {
  const { adapter } = await opened;
  return { device: adapter ? adapter.description || `${adapter.vendor} ${adapter.architecture}` : undefined };
};

/**
 * Resolves to the wall time of `steps` steps of all channels after `warm` others, and the start image's mean activations.
 * Workers go their own pace, so iterates are counted: a step is as many of them as there are channels. One more step
 * comes before, in which each worker sets its network up.
 */
globalThis.climb = async ({ layer, channels, size, seed, warm, steps }) => {
  const scope = await opened;
  const run = scope.ascend({
    layer,
    channels,
    width: size,
    height: size,
    iterations: 1 + warm + steps,
    preprocessing: "none",
    seed,
    keep: "last",
  });
  const watch = new Stopwatch(channels.length * (1 + warm), channels.length * (1 + warm + steps));
  const objectives = new Map();
  for await (const { channel, iteration, objective } of run) {
    if (iteration === 1) objectives.set(channel, objective);
    watch.count();
  }
  return { wallMs: await watch.read(), objectives: channels.map((channel) => objectives.get(channel)) };
};

/** Wall time between two counts. */
class Stopwatch {
  #first;
  #last;
  #seen = 0;
  #times = [];
  #marks = [];

  constructor(first, last) {
    this.#first = first;
    this.#last = last;
  }

  count() {
    this.#seen += 1;
    if (this.#seen === this.#first) this.#note("start");
    if (this.#seen === this.#last) this.#note("end");
  }

  /** Not waited for: the worker is already at the next step. */
  #note(moment) {
    this.#times.push(performance.now());
    this.#marks.push(globalThis.mark(moment));
  }

  async read() {
    await Promise.all(this.#marks);
    const [started, ended] = this.#times;
    return ended - started;
  }
}
