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

/** Resolves to the wall time of `steps` steps of all channels after `warm` others, and the start image's mean activations. */
globalThis.climb = async ({ warm, steps, ...setting }) => {
  // In its first step each worker sets its network up.
  const objectives = await ascend(setting, 1 + warm);
  await globalThis.mark("start");
  const started = performance.now();
  await ascend(setting, steps);
  const wallMs = performance.now() - started;
  await globalThis.mark("end");
  return { wallMs, objectives };
};

/** A whole run, every iterate read; resolves to the start image's mean activations in the order of the channels. */
async function ascend({ layer, channels, size, seed }, iterations) {
  const scope = await opened;
  const options = { layer, channels, width: size, height: size, iterations, seed, preprocessing: "none" };
  const objectives = new Map();
  const run = scope.ascend(options);
  for await (const { channel, iteration, objective } of run)
    if (iteration === 1) objectives.set(channel, objective);
  run.release();
  return channels.map((channel) => objectives.get(channel));
}
