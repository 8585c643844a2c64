// CPU time of every process this one started, from Linux's /proc: on a busy machine the figure to compare.

import { readdirSync, readFileSync } from "node:fs";

/** Linux reports CPU time to programs in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** CPU seconds, user and system, that all descendants of this process have used so far; NaN where there is no /proc. */
export function cpuSeconds() {
  const processes = readProcesses();
  if (processes.size === 0) return Number.NaN;
  let ticks = 0;
  for (const [id, { used }] of processes) if (descends(id, processes)) ticks += used;
  return ticks / TICKS_PER_SECOND;
}

function descends(id, processes) {
  for (let at = processes.get(id)?.parent; at; at = processes.get(at)?.parent)
    if (at === process.pid) return true;
  return false;
}

function readProcesses() {
  const processes = new Map();
  for (const name of list("/proc")) {
    const stat = /^\d+$/.test(name) ? read(`/proc/${name}/stat`) : undefined;
    if (stat) processes.set(Number(name), parse(stat));
  }
  return processes;
}

/** The fields after the program's name, which may itself hold spaces and parentheses; proc(5) numbers them from 3. */
function parse(stat) {
  const fields = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [, parent] = fields;
  // utime and stime, and those of the children that have ended.
  return { parent, used: fields[11] + fields[12] + fields[13] + fields[14] };
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A process may end between being listed and being read. */
function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
