// TensorFlow.js in a worker: its share of the channels, one after the other, step by step.

import { Climber, startTensorflow } from "./climber.js";

const backend = new URL(import.meta.url).searchParams.get("backend");
let climbers = [];

const COMMANDS = {
  /** Mean activations of the start image, in the order of the channels. */
  async start({ channels, ...setting }) {
    const tf = await library;
    climbers = [];
    for (const channel of channels) climbers.push(await Climber.start(tf, { ...setting, channel }));
    const objectives = [];
    for (const climber of climbers) objectives.push(await climber.objective());
    return objectives;
  },
  async climb({ steps }) {
    for (let step = 0; step < steps; step++) for (const climber of climbers) await climber.step();
  },
  async end() {
    for (const climber of climbers) climber.dispose();
  },
  async describe() {
    const tf = await library;
    return { version: tf.version.tfjs, device: await DEVICES[backend]?.(tf) };
  },
};

/** What computes, where that is not the CPU. */
const DEVICES = {
  async webgpu() {
    const { vendor, architecture, description } = (await navigator.gpu.requestAdapter()).info;
    return description || `${vendor} ${architecture}`.trim();
  },
  async webgl(tf) {
    const { gl } = tf.backend().getGPGPUContext();
    const names = gl.getExtension("WEBGL_debug_renderer_info");
    return gl.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER);
  },
};

// The page's orders may come before the library has: the handler is there from the start.
const library = startTensorflow(backend);

globalThis.onmessage = async ({ data: { command, ...order } }) => {
  try {
    postMessage({ value: await COMMANDS[command](order) });
  } catch (error) {
    postMessage({ error: String(error?.message ?? error) });
  }
};
