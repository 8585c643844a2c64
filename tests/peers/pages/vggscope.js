// The built site's public API, as any other page would use it.

import { Vggscope } from "/vggscope.js";

const scope = await Vggscope.open({ weights: "/weights/untrained/", backend: "cpu" });

/** Resolves to the wall time of `steps` steps after `warm` others, and the mean activation of the start image. */
globalThis.climb = async ({ layer, channel, size, seed, warm, steps }) => {
  const run = scope.ascend({
    layer,
    channels: [channel],
    width: size,
    height: size,
    iterations: warm + steps,
    preprocessing: "none",
    seed,
    keep: "last",
  });
  let objective = Number.NaN;
  let started = Number.NaN;
  let ended = Number.NaN;
  const marks = [];
  for await (const iterate of run) {
    if (iterate.iteration === 1) objective = iterate.objective;
    if (iterate.iteration === warm) {
      started = performance.now();
      // Not awaited here: the worker is already at the next step.
      marks.push(globalThis.mark("start"));
    }
    if (iterate.iteration === warm + steps) {
      ended = performance.now();
      marks.push(globalThis.mark("end"));
    }
  }
  await Promise.all(marks);
  return { wallMs: ended - started, objective };
};
