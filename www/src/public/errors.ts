/**
 * Why something failed, as a stable kebab-case word. New codes may be added; existing ones keep their meaning.
 *
 * | code | meaning |
 * |---|---|
 * | `invalid-option`, `unknown-option` | an option has a value, or a name, that is not allowed |
 * | `unknown-layer`, `layer-not-in-model` | VGG16 has no such layer; the model's files end before it |
 * | `channel-out-of-range`, `duplicate-channel` | the layer has no such channel; it was asked for twice |
 * | `image-too-large` | the image does not fit this device: its memory, or what its graphics adapter takes at once |
 * | `image-too-small`, `invalid-size`, `invalid-setting`, `invalid-start` | the ascent cannot be set up |
 * | `weights-offline`, `weights-unreachable`, `weights-cors-refused` | this device is not connected; the weights' host does not answer, or lets no page of this site read the file |
 * | `weights-stalled` | the host stopped sending, also after further tries |
 * | `weights-cancelled` | opening or loading was given up; starting again goes on from what is kept |
 * | `weights-not-found`, `weights-web-page`, `weights-lfs-pointer`, `weights-empty` | the host answers, but not with the file: an error status, a web page, a Git LFS pointer, nothing at all |
 * | `weights-needs-full-download` | a large download is asked about first: see {@link OpenOptions.allowFullDownload} |
 * | `weights-other-network`, `weights-numpy-archive`, `weights-whole-model` | the file holds another network than VGG16; arrays of NumPy; a model pickled with its class, of which nothing was executed |
 * | `weights-several-networks`, `weights-no-such-network` | the file holds several VGG16s, of which {@link OpenOptions.network} chooses one; none of that name |
 * | `weights-no-source` | several hosts have the model, and none of them gave it |
 * | `weights-wrong-range`, `weights-changed` | the host sent another part of the file than was asked for; the file changed while it was read |
 * | `weights-not-an-index`, `weights-unknown-format`, `weights-malformed`, `weights-unsafe-pickle` | not an index, no known kind of weight file, one that breaks its format's rules, or one that wants to run code (never done) |
 * | `weights-truncated`, `weights-checksum` | a file's length or SHA-256 is not what its index promises |
 * | `weights-missing-tensor`, `weights-duplicate-tensor`, `weights-wrong-shape`, `weights-wrong-dtype`, `weights-not-finite` | a tensor is missing, there twice, or not one of VGG16's |
 * | `weights-unknown-model` | the site's catalogue has no model of that id |
 * | `weights-not-loaded` | a layer was used before its weights were there |
 * | `webgpu-unavailable`, `device-unavailable` | the backend asked for cannot run here |
 * | `compute-failed` | the device failed in the middle of a computation |
 * | `engine-unavailable`, `engine-crashed` | the wasm or its worker did not start; it stopped unexpectedly |
 * | `site-updated` | a newer version of the site has replaced the one that the page runs, and this part of the old one is gone: reloading helps |
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
  | "image-too-large"
  | "image-too-small"
  | "invalid-size"
  | "invalid-setting"
  | "invalid-start"
  | "weights-offline"
  | "weights-unreachable"
  | "weights-cors-refused"
  | "weights-stalled"
  | "weights-cancelled"
  | "weights-not-found"
  | "weights-web-page"
  | "weights-lfs-pointer"
  | "weights-empty"
  | "weights-needs-full-download"
  | "weights-other-network"
  | "weights-numpy-archive"
  | "weights-whole-model"
  | "weights-several-networks"
  | "weights-no-such-network"
  | "weights-no-source"
  | "weights-wrong-range"
  | "weights-changed"
  | "weights-not-an-index"
  | "weights-unknown-format"
  | "weights-malformed"
  | "weights-unsafe-pickle"
  | "weights-truncated"
  | "weights-checksum"
  | "weights-missing-tensor"
  | "weights-duplicate-tensor"
  | "weights-wrong-shape"
  | "weights-wrong-dtype"
  | "weights-not-finite"
  | "weights-unknown-model"
  | "weights-not-loaded"
  | "webgpu-unavailable"
  | "device-unavailable"
  | "compute-failed"
  | "engine-unavailable"
  | "engine-crashed"
  | "site-updated"
  | "iterate-not-kept"
  | "closed";

/** The one error class of this library: every rejection and every throw is one. */
export class VggscopeError extends Error {
  override readonly name = "VggscopeError";
  /** What went wrong, for programs. */
  readonly code: ErrorCode;
  /** With `weights-needs-full-download`, the size of the download in bytes, if the host says it. */
  readonly bytes: number | undefined;

  /** `message` says what failed, where, and what to do about it; `options.cause` is the error underneath. */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions & { bytes?: number | undefined }) {
    super(message, options);
    this.code = code;
    this.bytes = options?.bytes;
  }
}
