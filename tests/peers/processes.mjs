// CPU time and memory of every process this one started, from Linux's /proc: on a busy machine CPU time is the figure to
// compare.

import { readdirSync, readFileSync } from "node:fs";

/** Linux reports CPU time to programs in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** Adding up a process's pages takes the kernel milliseconds. */
const SAMPLE_MS = 250;

/** CPU seconds, user and system, that all descendants of this process have used so far; NaN where there is no /proc. */
export function cpuSeconds() {
  const ticks = descendants().map(([, { used }]) => used);
  return sum(ticks) / TICKS_PER_SECOND;
}

/**
 * Bytes of memory that all descendants of this process have: their proportional set sizes, in which a page that several
 * share counts once. NaN where there is no /proc.
 */
export function heldBytes() {
  return sum(asked().map(([id]) => kept(id, "Pss")));
}

/**
 * Bytes that are theirs alone: what they wrote, and memory that they share among themselves. The other part of a proportional set
 * size, pages of files, is their program's: of a browser some 150 MB, which count whole or by a half as another browser of the
 * same machine ends or starts.
 */
export function ownBytes() {
  return sum(asked().map(([id]) => kept(id, "Pss_Anon") + kept(id, "Pss_Shmem")));
}

/** Chromium tries out, three minutes after its start, how well a language model would run here: in 56 MB, which no page asked for. */
const UNASKED = /--utility-sub-type=on_device_model/;

function asked() {
  return descendants().filter(([id]) => !UNASKED.test(read(`/proc/${id}/cmdline`) ?? ""));
}

/** Bytes of memory that all descendants had at most while `work` was going on, looked at again and again. */
export async function mostBytes(work) {
  let most = heldBytes();
  const look = () => {
    most = Math.max(most, heldBytes());
  };
  const timer = setInterval(look, SAMPLE_MS);
  try {
    await work();
    look();
  } finally {
    clearInterval(timer);
  }
  return most;
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

/** What the kernel adds up under this name. */
function kept(id, name) {
  const [, kibibytes] =
    new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(read(`/proc/${id}/smaps_rollup`) ?? "") ?? [];
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
