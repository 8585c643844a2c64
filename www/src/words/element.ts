/** What the element says: of its tiles, its state, and what went wrong. */
import type { ErrorCode } from "../public/errors";
import type { ScopeState, WeightProgress } from "../public/types";
import { counted, formatBytes, formatWeights } from "./numbers";

export const start = "Start";
export const stop = "Stop";
/** Before a mean activation. */
export const mean = "mean";
export const tryAgain = "Try again";
export const valuesNotUnderstood = "Some values were not understood";
export const notComputed = "Not computed: this device is short of memory or data.";

/** In the line beside the button; an error has its message. */
export const states: Readonly<Record<ScopeState, string>> = {
  loading: "Loading",
  running: "",
  paused: "Paused",
  finished: "Finished",
  stopped: "Stopped",
  error: "",
};

/** Spoken at the turns of a run; an error is spoken by its message. */
export const spokenStates: Readonly<Record<ScopeState, string>> = {
  loading: "",
  running: "Climbing",
  paused: "Paused",
  finished: "Finished",
  stopped: "Stopped",
  error: "",
};

/** What may be the matter with an image: over the picture, and for whoever wants to know more. */
export const flags = {
  dead: { short: "Dead: gradient is 0", long: "The gradient is exactly zero: this image cannot move." },
  constant: {
    short: "Constant image",
    long: "Every value of the image is the same: there is nothing to show but grey.",
  },
  "not-finite": {
    short: "Out of range",
    long: "The image left the range of 32-bit numbers. A smaller learning rate helps.",
  },
  failed: { short: "Interrupted", long: "An error ended the run before this image was done." },
};

export const controlsNotLoaded =
  "The player and the close view could not be loaded. Check the connection, then try again; if that does not help, reload the page.";

const TITLES: Partial<Record<ErrorCode, string>> = {
  "engine-crashed": "The engine stopped unexpectedly",
  "engine-unavailable": "The engine did not start",
  "site-updated": "A newer version is there",
  "webgpu-unavailable": "WebGPU cannot be used here",
  "device-unavailable": "The graphics device did not start",
  "compute-failed": "The computation failed",
  "weights-needs-full-download": "This is a large download",
  "weights-unknown-model": "There is no such model",
  "weights-offline": "This device is offline",
  "weights-cors-refused": "The weights’ host does not let this page read them",
  "weights-no-source": "No host gave these weights",
  "weights-other-network": "This is another network than VGG16",
  "weights-several-networks": "This file holds several networks",
  "weights-no-such-network": "This file has no such network",
  "weights-unsafe-pickle": "This file wants to run code",
  "layer-not-in-model": "This model ends before that layer",
  "channel-out-of-range": "This layer has no such channel",
  "image-too-small": "The image is too small for this layer",
};

/** Over an error's message. */
export function titleOf(code: ErrorCode): string {
  return (
    TITLES[code] ?? (code.startsWith("weights-") ? "The weights could not be used" : "This could not be done")
  );
}

/** `bytes` is undefined where the host does not say. */
export function downloadAll(bytes: number | undefined): string {
  return bytes === undefined ? "Download it all" : `Download it all (${formatBytes(bytes)})`;
}

export function weights(progress: WeightProgress): string {
  return `Weights: ${formatWeights(progress)}`;
}

export function grid(channels: number, layer: string): string {
  return `${counted(channels, "channel")} of ${layer}`;
}

export function gridFromBefore(channels: number, layer: string): string {
  return `${grid(channels, layer)}, from before`;
}

export function poster(channels: readonly number[], layer: string): string {
  const [first] = channels;
  return channels.length === 1 ? `Channel ${first} of ${layer}` : grid(channels.length, layer);
}

export function picture(channel: number, layer: string): string {
  return `Image that excites channel ${channel} of ${layer}`;
}

export function tile(channel: number, layer: string): string {
  return `Channel ${channel} of ${layer} (in R, counting from 1: ${channel + 1})`;
}

/** 0 is the start. */
export function iterate(iteration: number): string {
  return iteration === 0 ? "start" : `step ${iteration}`;
}
