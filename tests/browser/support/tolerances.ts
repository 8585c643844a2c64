/**
 * How far a result may lie from the truth, relative, gradients by L2 norm; the native golden tests hold to the same figures.
 * `tests/reference/README.md` says where they come from.
 */

/** Double precision against Keras's. Gradients are stored in single precision. */
export const DOUBLE = { objective: 1e-9, gradient: 1e-6 };

/** Single precision against double precision at one and the same image. */
export const SINGLE = { objective: 1e-5, gradient: 1e-5 };
