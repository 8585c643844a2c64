/** What is said of the engine's errors on the page's side. */

export const noModel = "No model is open.";
export const noWorker = "The engine has no worker.";
export const scopeClosed = "This scope was closed; open a new one.";
export const openedFromDisk =
  "vggscope was opened as a file from disk, and browsers let no page compute from there. Run vggscope serve in a terminal and open the address that it prints, or open vggscope on a web host.";
export const iteratesReleased = "The iterates of this run were released.";

export function notStarted(channel: number): string {
  return `Channel ${channel} has not started yet.`;
}

export function notInRun(channel: number): string {
  return `Channel ${channel} is not part of this run.`;
}

export const catalogueNotLoaded =
  "What reads the catalogue of models could not be loaded. Check the connection, then try again; if that does not help, reload the page.";

/** Bytes, as people say them. */
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

export function noMemory(
  { layer, width, height }: { layer: string; width: number; height: number },
  needed: number,
  memory: number,
): string {
  return (
    `${width} x ${height} pixels of ${layer} do not fit: they take ${gigabytes(needed)} of memory, and this device has ` +
    `${gigabytes(memory)}. Choose a smaller image or an earlier layer.`
  );
}

/** `name` is what is opened: an address or a file. */
export function openingCancelled(name: string): string {
  return `Opening ${name} was cancelled; open it again to go on from what has arrived.`;
}

export function loadingCancelled(layer: string): string {
  return `Loading the weights up to ${layer} was cancelled; start again to go on from what has arrived.`;
}

/** Of what was given up before anything was asked for. */
export const notAsked = "This was cancelled before it began; start again.";

/** `detail` is what the browser or the panic says. */
export function stoppedUnexpectedly(detail: string): string {
  return (
    `The engine stopped unexpectedly (${detail}). What it had computed is lost. ` +
    "Start again; if it happens again, try a smaller image, fewer channels or the CPU backend."
  );
}

export function workerNotLoaded(detail: string): string {
  return (
    `The engine's worker could not load (${detail}). ` +
    "Check that the site's assets folder is complete and, for another site's page, served with CORS headers."
  );
}

/** `cause` is what the browser says. */
export function workerRefused(cause: unknown): string {
  return (
    `This browser refused to start the engine's worker (${String(cause)}). If the page has a Content-Security-Policy, ` +
    "it must allow workers of the site, and the policy vggscope if it asks for Trusted Types: see the site's page on embedding."
  );
}

export function wasmNotLoaded(address: string, error: unknown): string {
  return `The engine's wasm file ${address} could not be loaded (${String(error)}). Check the connection, then try again; if that does not help, reload the page.`;
}

export function httpStatus(status: number): string {
  return `HTTP status ${status}`;
}
