// How many cores this process, and whatever it starts from now on, may use.

import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** All cores that there were at the start. */
export const CORES = availableParallelism();

/** Allows the first `count` cores, or undoes it; returns whether the system can. */
export function allowCores(count) {
  try {
    execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", `0-${count - 1}`, String(process.pid)]);
    return true;
  } catch {
    return false;
  }
}
