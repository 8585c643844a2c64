/** What is said to programmers of options that cannot be: what is allowed, and what was given. */

/** What is allowed, as pieces of sentences. */
export const name = "a name";
export const index = "an integer from 0";
export const floats = "a Float32Array";
export const weights =
  "the address of a folder or of a file, a File, a Blob, an ArrayBuffer, or an object with the id of a model of the catalogue as its model";
export const trueOrFalse = "true or false";
export const aFunction = "a function";
export const abortSignal = "an AbortSignal";
export const channels = "an array of at least one integer from 0";
export const finiteNumber = "a finite number";
export const canvases = "an array of HTML or offscreen canvases";
export const object = "an object with options";
export const missing = "missing";
/** What stands for all options, where something else was given. */
export const theArgument = "the argument";
export const weightsAddress =
  "the http or https address of a folder with model.safetensors.index.json, or of a .safetensors, .h5 or .pth file";
export const noUserName = "an address without a user name and password";
/** What messages call a file without a name. */
export const givenBytes = "the given bytes";

export function integer(min: number, max: number): string {
  return `an integer from ${min} to ${max}`;
}

export function oneOf(values: readonly string[]): string {
  return values.map((value) => `"${value}"`).join(", ");
}

export function canvasEach(channels: number): string {
  return `one canvas per channel (${channels})`;
}

export function long(count: number): string {
  return `${count} long`;
}

export function invalid(call: string, option: string, value: string, allowed: string): string {
  return `${call}: ${option} is ${value}; allowed: ${allowed}.`;
}

export function unknown(call: string, option: string, allowed: readonly string[]): string {
  return `${call}: there is no option "${option}"; allowed: ${allowed.join(", ")}.`;
}

export function tooLarge(call: string, width: number, height: number, most: number): string {
  return `${call}: an image of ${width} x ${height} pixels is too large; allowed: at most ${most} pixels in all, such as 1024 x 1024.`;
}

export function duplicateChannel(channel: number): string {
  return `ascend: channels holds ${channel} twice; allowed: each channel once.`;
}

export const usedCanvas =
  "ascend: canvases holds a canvas that is in use; allowed: fresh ones, drawn on by nobody yet.";
