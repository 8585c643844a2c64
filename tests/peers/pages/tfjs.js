// The same steps the way a TensorFlow.js user writes them: the whole layer is computed, then one channel is picked.

import { startImage } from "./start.js";
import { readNetwork } from "./weights.js";

const { tf } = globalThis;
// Without cross-origin isolation there are no threads; the threaded build runs on one thread anyway (tfjs issue 8513).
tf.wasm.setWasmPaths("/tfjs/tfjs-backend-wasm/dist/");
if (!(await tf.setBackend("wasm"))) throw new Error("TensorFlow.js could not start its wasm backend");
await tf.ready();
if (!(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")))
  throw new Error("this browser has no WebAssembly SIMD");

const LEARNING_RATE = 10;
const networks = new Map();

/** Resolves to the wall time of `steps` steps after `warm` others, and the mean activation of the start image. */
globalThis.climb = async ({ layer, channel, size, seed, warm, steps }) => {
  if (!networks.has(layer)) networks.set(layer, await readNetwork(tf, "/weights/untrained/", layer));
  const climber = new Climber(
    networks.get(layer),
    channel,
    tf.tensor4d(startImage(size, size, seed), [1, size, size, 3]),
  );
  const objective = await climber.objective();
  for (let k = 0; k < warm; k++) await climber.step();
  await globalThis.mark("start");
  const started = performance.now();
  for (let k = 0; k < steps; k++) await climber.step();
  const wallMs = performance.now() - started;
  await globalThis.mark("end");
  climber.dispose();
  return { wallMs, objective };
};

class Climber {
  #image;
  #valueAndGradient;

  constructor(network, channel, image) {
    this.#image = image;
    this.#valueAndGradient = tf.valueAndGrad((x) => meanActivation(network, channel, x));
  }

  /** Mean activation at the current image. */
  async objective() {
    const value = tf.tidy(() => this.#valueAndGradient(this.#image).value);
    const [number] = await value.data();
    value.dispose();
    return number;
  }

  /** One step, finished when a number that depends on the new image has been read. */
  async step() {
    const next = tf.tidy(() =>
      tf.add(this.#image, tf.mul(this.#valueAndGradient(this.#image).grad, LEARNING_RATE)),
    );
    this.#image.dispose();
    this.#image = next;
    const lowest = tf.min(next);
    await lowest.data();
    lowest.dispose();
  }

  dispose() {
    this.#image.dispose();
  }
}

function meanActivation(network, channel, image) {
  const output = network.reduce(
    (x, { pool, weight, bias }) =>
      pool ? tf.maxPool(x, 2, 2, "valid") : tf.relu(tf.add(tf.conv2d(x, weight, 1, "same"), bias)),
    image,
  );
  const [count, height, width] = output.shape;
  return tf.mean(tf.slice(output, [0, 0, 0, channel], [count, height, width, 1]));
}
