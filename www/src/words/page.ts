/** What the page says of itself: progress, what computes, notices, and the pages of channels. */
import type { AdapterInfo, Backend, RunProgress, ScopeState, WeightProgress } from "../public/types";
import { counted, formatLoaded, formatProgress, formatWeights } from "./numbers";

export const start = "Start";
export const stop = "Stop";
export const preparing = "Preparing";
export const stoppedByError = "Stopped by an error: see the message";
export const chooseAnotherModel = "Choose another model";
export const linkNotUnderstood = "The link was not fully understood";
export const partsNotLoaded = "Parts of this page could not be loaded";
export const partsNotLoadedRemedy =
  "The tour, the code and the files to take away are missing. Reload the page to try again.";

/** Spoken at the turns of a climb. */
export const announced: Readonly<Record<ScopeState, string>> = {
  loading: "Loading",
  running: "Climbing",
  paused: "Paused",
  finished: "Finished",
  stopped: "Stopped",
  error: "Stopped by an error",
};

/** Where a climb that rests stands; undefined before its first step. */
export function standsAt(state: "stopped" | "paused", latest: RunProgress | undefined): string {
  const word = announced[state];
  return latest ? `${word}. ${formatProgress({ ...latest, secondsLeft: undefined })}` : word;
}

export function finished({ iterations, channels }: RunProgress): string {
  return `Finished: ${counted(iterations, "step")} of ${counted(channels, "channel")}`;
}

export function weights(progress: WeightProgress): string {
  return `Weights: ${formatWeights(progress)}`;
}

export function weightsStopped(progress: WeightProgress): string {
  return `Weights: stopped, ${formatLoaded(progress)}`;
}

/** `reason` is a sentence. */
export function computingOn(backend: Backend, reason: string, adapter: AdapterInfo | null): string {
  const named = adapter ? ` Adapter: ${adapterWords(adapter)}.` : "";
  return `Computing on: ${backend === "webgpu" ? "WebGPU" : "CPU"}. ${reason}${named}`;
}

function adapterWords({ vendor, architecture, description, isFallback }: AdapterInfo): string {
  return [vendor, architecture, description, isFallback && "in software"].filter(Boolean).join(", ");
}

/** `channels` as links write them, such as "0-39". */
export function channelsShown(channels: string): string {
  return channels.replaceAll("-", "–").replaceAll(",", ", ");
}

export function ofAll(total: number): string {
  return ` of ${total}`;
}
