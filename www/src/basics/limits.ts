/** The values that options, links and controls allow alike. The engine itself checks what depends on the model. */
export const LIMITS = {
  width: { min: 1, max: 2048 },
  height: { min: 1, max: 2048 },
  /** Of an image, width times height: what the engine takes. */
  pixels: { max: 2 ** 20 },
  iterations: { min: 1, max: 10_000 },
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER },
} as const;

export const STEP_RULES = ["gradient", "l2", "rms", "adam"] as const;
export const PREPROCESSINGS = ["none", "caffe", "torch", "caffe-rgb"] as const;
export const BACKENDS = ["auto", "webgpu", "cpu"] as const;

/** As in the notes. */
export const DEFAULTS = {
  width: 150,
  height: 150,
  iterations: 100,
  learningRate: 10,
  step: "gradient",
  seed: 436,
} as const;
