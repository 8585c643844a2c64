/** Facts as people read them. */
import type { LoadState, RunProgress, WeightProgress } from "../public/types";

/** Such as "1 step" and "2 steps". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** About four digits, whatever the size. */
export function formatActivation(value: number): string {
  if (!Number.isFinite(value)) return "out of range";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 10_000)) return value.toExponential(1);
  return value.toFixed(size < 10 ? 3 : size < 100 ? 2 : size < 1000 ? 1 : 0);
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return counted(bytes, "byte");
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** The unit once where both have the same: "1.2 of 2.2 MB". */
function formatShare(part: number, whole: number): string {
  const [number = "", unit] = formatBytes(part).split(" ");
  const all = formatBytes(whole);
  return all.endsWith(` ${unit}`) ? `${number} of ${all}` : `${number} ${unit} of ${all}`;
}

const LOADING: Record<LoadState, (share: string, progress: WeightProgress) => string> = {
  fetching: (share, { secondsLeft }) =>
    secondsLeft === undefined ? share : `${share}, about ${formatSeconds(secondsLeft)} left`,
  reading: (share) => `reading ${share}`,
  // What to do about it follows a semicolon; that is for when every try has failed.
  retrying: (share, { detail }) => `${share}. ${detail.replace(/;.*$/s, ".")}`,
  waiting: (share, { detail }) => `${share}. ${detail}`,
};

/** What has come of how much; "nothing yet" before the host has said how much there is. */
export function formatLoaded({ loadedBytes, totalBytes }: WeightProgress): string {
  return totalBytes === 0 ? "nothing yet" : formatShare(loadedBytes, totalBytes);
}

export function formatWeights(progress: WeightProgress): string {
  const { totalBytes, state } = progress;
  if (isLoaded(progress)) return `${formatBytes(totalBytes)} read`;
  return LOADING[state](formatLoaded(progress), progress);
}

/** Whether all is there that this load was to bring. */
export function isLoaded({ loadedBytes, totalBytes, state }: WeightProgress): boolean {
  return loadedBytes === totalBytes && totalBytes > 0 && (state === "fetching" || state === "reading");
}

/** Whole seconds, minutes or hours. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function formatProgress({ done, channels, iterations, secondsLeft }: RunProgress): string {
  const step = `Step ${Math.floor(done / channels)} of ${iterations}`;
  return secondsLeft === undefined ? step : `${step}, about ${formatSeconds(secondsLeft)} left`;
}
