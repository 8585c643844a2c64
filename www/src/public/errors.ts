/**
 * Why something failed, as a stable kebab-case word. New codes may be added; existing ones keep their meaning.
 *
 * | code | meaning |
 * |---|---|
 * | `invalid-option`, `unknown-option` | an option has a value, or a name, that is not allowed |
 * | `unknown-layer`, `layer-not-in-model` | VGG16 has no such layer; the model's files end before it |
 * | `channel-out-of-range`, `duplicate-channel` | the layer has no such channel; it was asked for twice |
 * | `image-too-small`, `invalid-size`, `invalid-setting`, `invalid-start` | the ascent cannot be set up |
 * | `weights-unreachable`, `weights-not-found`, `weights-web-page` | the weights' host did not answer with the file |
 * | `weights-not-an-index`, `weights-truncated`, `weights-checksum`, `weights-malformed`, `weights-missing-tensor`, `weights-wrong-shape`, `weights-wrong-dtype`, `weights-not-finite`, `weights-not-loaded` | a weights file is not what its index promises |
 * | `webgpu-unavailable`, `device-unavailable` | the backend asked for cannot run here |
 * | `compute-failed` | the device failed in the middle of a computation |
 * | `engine-unavailable`, `engine-crashed` | the wasm or its worker did not start; it stopped unexpectedly |
 * | `iterate-not-kept` | this iterate is not computed yet, was not kept, or was released |
 * | `closed` | the scope was closed |
 */
export type ErrorCode =
  | "invalid-option"
  | "unknown-option"
  | "unknown-layer"
  | "layer-not-in-model"
  | "channel-out-of-range"
  | "duplicate-channel"
  | "image-too-small"
  | "invalid-size"
  | "invalid-setting"
  | "invalid-start"
  | "weights-unreachable"
  | "weights-not-found"
  | "weights-not-an-index"
  | "weights-web-page"
  | "weights-truncated"
  | "weights-checksum"
  | "weights-malformed"
  | "weights-missing-tensor"
  | "weights-wrong-shape"
  | "weights-wrong-dtype"
  | "weights-not-finite"
  | "weights-not-loaded"
  | "webgpu-unavailable"
  | "device-unavailable"
  | "compute-failed"
  | "engine-unavailable"
  | "engine-crashed"
  | "iterate-not-kept"
  | "closed";

/** The one error class of this library: every rejection and every throw is one. */
export class VggscopeError extends Error {
  override readonly name = "VggscopeError";
  /** What went wrong, for programs. */
  readonly code: ErrorCode;

  /** `message` says what failed, where, and what to do about it; `options.cause` is the error underneath. */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
