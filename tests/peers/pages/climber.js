// The steps the way a TensorFlow.js user writes them: the whole layer is computed, then one channel is picked.

import { startImage } from "./start.js";
import { readNetwork } from "./weights.js";

const LEARNING_RATE = 10;
const networks = new Map();

/** Each backend's script beside TensorFlow.js itself, which brings `webgl` and `cpu` along. */
const SCRIPTS = {
  wasm: "/tfjs/tfjs-backend-wasm/dist/tf-backend-wasm.min.js",
  webgpu: "/tfjs/tfjs-backend-webgpu/dist/tf-backend-webgpu.min.js",
};

/** Loads TensorFlow.js and starts one backend; resolves to the library. */
export async function startTensorflow(backend) {
  await import("/tfjs/tfjs/dist/tf.min.js");
  if (backend in SCRIPTS) await import(SCRIPTS[backend]);
  const { tf } = globalThis;
  // Without cross-origin isolation there are no threads; the threaded build runs on one thread anyway (tfjs issue 8513).
  tf.wasm?.setWasmPaths("/tfjs/tfjs-backend-wasm/dist/");
  if (!(await tf.setBackend(backend)))
    throw new Error(`TensorFlow.js could not start its ${backend} backend`);
  await tf.ready();
  if (backend === "wasm" && !(await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT")))
    throw new Error("this browser has no WebAssembly SIMD");
  return tf;
}

/** One channel's image on its way up. */
export class Climber {
  #tf;
  #image;
  #valueAndGradient;

  constructor(tf, network, channel, image) {
    this.#tf = tf;
    this.#image = image;
    this.#valueAndGradient = tf.valueAndGrad((x) => meanActivation(tf, network, channel, x));
  }

  /** A climber at the random start image of a seed. */
  static async start(tf, { layer, channel, size, seed }) {
    if (!networks.has(layer)) networks.set(layer, await readNetwork(tf, "/weights/untrained/", layer));
    const image = tf.tensor4d(startImage(size, size, seed), [1, size, size, 3]);
    return new Climber(tf, networks.get(layer), channel, image);
  }

  /** Mean activation at the current image. */
  async objective() {
    const tf = this.#tf;
    const value = tf.tidy(() => this.#valueAndGradient(this.#image).value);
    const [number] = await value.data();
    value.dispose();
    return number;
  }

  /** One step, finished when a number that depends on the new image has been read. */
  async step() {
    const tf = this.#tf;
    const next = tf.tidy(() =>
      tf.add(this.#image, tf.mul(this.#valueAndGradient(this.#image).grad, LEARNING_RATE)),
    );
    this.#image.dispose();
    this.#image = next;
    const lowest = tf.min(next);
    await lowest.data();
    lowest.dispose();
  }

  /** Draws the image, stretched to the range of its values. */
  async draw(canvas) {
    const tf = this.#tf;
    const picture = tf.tidy(() => {
      const lowest = tf.min(this.#image);
      const range = tf.sub(tf.max(this.#image), lowest);
      return tf.clipByValue(tf.squeeze(tf.div(tf.sub(this.#image, lowest), range), [0]), 0, 1);
    });
    await tf.browser.toPixels(picture, canvas);
    picture.dispose();
  }

  dispose() {
    this.#image.dispose();
  }
}

function meanActivation(tf, network, channel, image) {
  const output = network.reduce(
    (x, { pool, weight, bias }) =>
      pool ? tf.maxPool(x, 2, 2, "valid") : tf.relu(tf.add(tf.conv2d(x, weight, 1, "same"), bias)),
    image,
  );
  const [count, height, width] = output.shape;
  return tf.mean(tf.slice(output, [0, 0, 0, channel], [count, height, width, 1]));
}
