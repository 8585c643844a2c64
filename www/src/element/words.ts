/** Facts as people read them. */
import type { RunProgress } from "../public/types";

/** About four digits, whatever the size. */
export function formatActivation(value: number): string {
  if (!Number.isFinite(value)) return "out of range";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 10_000)) return value.toExponential(1);
  return value.toFixed(size < 10 ? 3 : size < 100 ? 2 : 1);
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function formatProgress({ done, channels, iterations, secondsLeft }: RunProgress): string {
  const step = `Step ${Math.floor(done / channels)} of ${iterations}`;
  return secondsLeft === undefined ? step : `${step}, about ${formatSeconds(secondsLeft)} left`;
}
