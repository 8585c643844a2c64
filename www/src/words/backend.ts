/** Which backend computes, and why, in sentences. `adapter` is its name. */

export const cpuAskedFor = "The CPU was asked for.";
export const noWebGpu = "This browser offers no WebGPU on this page.";
export const noWebGpuOverHttp =
  "This page came over http, and browsers offer WebGPU to https pages only: from an https address a graphics processor can compute.";
export const noAdapter = "WebGPU found no graphics adapter.";
export const namelessAdapter = "one without a name";

export function adapterFailed(error: unknown): string {
  return `WebGPU failed to name a graphics adapter (${String(error)}).`;
}

export function lacking(adapter: string, what: readonly string[]): string {
  return `The graphics adapter ${adapter} lacks what the engine needs: ${what.join(", ")}.`;
}

export function limitOfAtLeast(limit: string, least: number): string {
  return `${limit} of at least ${least}`;
}

export function webGpuAskedFor(adapter: string): string {
  return `WebGPU was asked for; it runs on ${adapter}.`;
}

export function softwareOnly(adapter: string): string {
  return `The only WebGPU adapter here is a software one (${adapter}).`;
}

export function realAdapter(adapter: string): string {
  return `WebGPU offers a real graphics adapter: ${adapter}.`;
}

/** `why` is a sentence. */
export function soCpu(why: string): string {
  return `${why} So the CPU computes.`;
}

export function cannotUseWebGpu(why: string): string {
  return `WebGPU cannot be used here. ${why} Choose the backend "auto" or "cpu".`;
}

/** `message` is what the engine said. */
export function webGpuFailed(message: string): string {
  return `WebGPU failed to start, so the CPU computes. ${message}`;
}
