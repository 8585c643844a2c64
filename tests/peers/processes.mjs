// CPU time and memory of every process this one started, from Linux's /proc: on a busy machine CPU time is the figure to
// compare.

import { readdirSync, readFileSync } from "node:fs";

/** Linux reports CPU time to programs in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** CPU seconds, user and system, that all descendants of this process have used so far; NaN where there is no /proc. */
export function cpuSeconds() {
  const ticks = descendants().map(([, { used }]) => used);
  return sum(ticks) / TICKS_PER_SECOND;
}

/** Bytes of memory that all descendants of this process had at most, each for itself; NaN where there is no /proc. */
export function peakBytes() {
  return sum(descendants().map(([id]) => highWater(id)));
}

/** NaN for none: a total of nothing would pass for a measurement. */
function sum(values) {
  return values.length === 0 ? Number.NaN : values.reduce((total, value) => total + value, 0);
}

function descendants() {
  const processes = readProcesses();
  return [...processes].filter(([id]) => descends(id, processes));
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

function highWater(id) {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${id}/status`) ?? "") ?? [];
  return 1024 * Number(kibibytes ?? 0);
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
