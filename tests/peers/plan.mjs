// What is measured: who takes part, and the cases they are put to.

/** Everyone who can climb, by the name that `--only` takes; ours first. */
export const CONTESTANTS = {
  "cpu-browser": { label: "vggscope, CPU in the browser", ours: true, page: "vggscope.html?backend=cpu" },
  "webgpu-browser": {
    label: "vggscope, WebGPU in the browser",
    ours: true,
    page: "vggscope.html?backend=webgpu",
    gpu: true,
  },
  "cpu-native": { label: "vggscope, CPU natively", ours: true, program: ["climb", "cpu"] },
  "wgpu-native": { label: "vggscope, wgpu natively", ours: true, program: ["climb", "wgpu"], gpu: true },
  "tfjs-wasm": { label: "TensorFlow.js wasm", page: "tfjs.html?backend=wasm" },
  "tfjs-webgpu": { label: "TensorFlow.js webgpu", page: "tfjs.html?backend=webgpu", gpu: true },
  "tfjs-webgl": { label: "TensorFlow.js webgl", page: "tfjs.html?backend=webgl", gpu: true },
  "tfjs-cpu": { label: "TensorFlow.js cpu", page: "tfjs.html?backend=cpu" },
  "tensorflow-function": {
    label: "TensorFlow tf.function",
    python: ["tensorflow", "climb_tensorflow.py", "function"],
  },
  "tensorflow-eager": { label: "TensorFlow eager", python: ["tensorflow", "climb_tensorflow.py", "eager"] },
  "pytorch-cpu": { label: "PyTorch CPU", python: ["torch", "climb_pytorch.py", "cpu"] },
  "pytorch-cuda": { label: "PyTorch CUDA", python: ["torch", "climb_pytorch.py", "cuda"], gpu: true },
};

/** The comparisons that the README shows: who is compared on how many channels, and by which time. */
export const PAIRS = [
  { ours: "cpu-browser", peer: "tfjs-wasm", channels: 1, time: "wallMs" },
  { ours: "cpu-browser", peer: "tfjs-wasm", channels: 40, time: "wallMs" },
  { ours: "webgpu-browser", peer: "tfjs-webgpu", channels: 1, time: "wallMs" },
  { ours: "cpu-browser", peer: "tensorflow-function", channels: 1, time: "cpuMs" },
  { ours: "wgpu-native", peer: "pytorch-cuda", channels: 1, time: "wallMs" },
  { ours: "wgpu-native", peer: "pytorch-cuda", channels: 40, time: "wallMs" },
];

export const SEED = 7;
export const SIZE = 150;
export const LAYERS = ["block1_conv2", "block3_conv1", "block5_conv3"];
/** A page of the notes' figures. */
const GRID = 40;

/**
 * Whole runs whose memory is measured: the notes' grid, the deepest layer by one worker and by the eight of a usual laptop,
 * and runs five times as long as the notes'. `cores` is what the page is told.
 */
export const RUNS = [
  { layer: "block3_conv1", channels: GRID, iterations: 100 },
  { layer: "block5_conv3", channels: 1, iterations: 3 },
  { layer: "block5_conv3", channels: GRID, iterations: 2, cores: 9 },
  { layer: "block1_conv2", channels: GRID, iterations: 500 },
  { layer: "block3_conv1", channels: GRID, iterations: 500 },
];

/** Who takes part in a grid, and is shown as costs grow: whatever climbs 40 channels in bearable time. */
const GRID_CONTESTANTS = [
  "cpu-browser",
  "cpu-native",
  "tfjs-wasm",
  "tensorflow-function",
  "pytorch-cpu",
  "webgpu-browser",
  "wgpu-native",
  "tfjs-webgpu",
  "pytorch-cuda",
];

/** One step of each layer, for one channel by everyone and for a grid; `emulated` says who computes on an emulated GPU. */
export function stepCases(layers, emulated) {
  return layers.flatMap((layer) => [
    { layer, size: SIZE, channels: 1, contestants: Object.keys(CONTESTANTS) },
    { layer, size: SIZE, channels: GRID, contestants: without(emulated) },
  ]);
}

/** How the cost of a step grows with one thing while the others stay. */
export function growthCases(depth, cores, emulated) {
  const usual = { layer: "block1_conv2", size: SIZE, channels: 1, contestants: without(emulated) };
  const along = (what, values, changes = {}) =>
    values.map((value) => ({ ...usual, ...changes, [what]: value, grows: what }));
  return [
    ...along("size", [75, 150, 225, 300]),
    ...along("layer", depth),
    ...along("channels", [1, 2, 4, 8, 16, GRID]),
    ...along("cores", powersOfTwo(cores), { channels: GRID }),
  ];
}

/** What an emulated GPU costs for more than a step of one channel says nothing. */
function without(emulated) {
  return GRID_CONTESTANTS.filter((name) => !emulated(name));
}

/** The case in words. */
export function describe({ layer, size, channels, cores }) {
  const words = [layer, `${size} x ${size}`, channels === 1 ? "1 channel" : `${channels} channels`];
  return (cores ? [...words, `${cores} cores`] : words).join(", ");
}

/** 1, 2, 4 and so on, and the most. */
function powersOfTwo(most) {
  const powers = [];
  for (let power = 1; power < most; power *= 2) powers.push(power);
  return [...powers, most];
}
