/**
 * What a page's main thread does. Tasks are measured by the processor's time that they take, which other programs on this
 * machine do not lengthen, where the time on the clock would have them fail.
 */
import type { Browser, Page } from "playwright-core";

export interface Watched<Found> {
  /** What came of the work. */
  found: Found;
  /** Milliseconds of processor's time of each task. */
  tasks: number[];
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** When, and how long, by the clock and by the thread's own time: microseconds. */
  ts: number;
  dur?: number;
  tdur?: number;
}

const MARK = "watched-from-here";
const TASK = /RunTask$/;
const CATEGORIES = ["toplevel", "blink.user_timing", "disabled-by-default-devtools.timeline"];

/** Watches the main thread of this page while the work goes on. */
export async function watchMainThread<Found>(
  browser: Browser,
  page: Page,
  work: () => Promise<Found>,
): Promise<Watched<Found>> {
  await browser.startTracing(page, { categories: CATEGORIES });
  await page.evaluate((mark) => performance.mark(mark), MARK);
  const found = await work();
  const { traceEvents } = JSON.parse(String(await browser.stopTracing())) as { traceEvents: TraceEvent[] };
  const from = traceEvents.find(({ name }) => name === MARK);
  if (!from) throw new Error("the trace has no mark of the page");
  const own = traceEvents.filter(({ pid, tid, ts }) => pid === from.pid && tid === from.tid && ts >= from.ts);
  const tasks = own.filter(({ name, ph }) => ph === "X" && TASK.test(name));
  return { found, tasks: tasks.map(processorTime) };
}

/** Chromium now and then has no processor's time of a task; its time by the clock is never less. */
function processorTime({ name, dur, tdur = dur }: TraceEvent): number {
  if (tdur === undefined) throw new Error(`the trace does not say how long ${name} took`);
  return tdur / 1000;
}
