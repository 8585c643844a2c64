/** Makes files of a run: reads its iterates in turn and has a worker write them. Loaded with the first export. */

import { CHECKPOINT_EVERY } from "../../engine/shared/spacing";
import type { RunRecord } from "../../explorer/record";
import type { IterateFacts, Run } from "../../public/types";
import type { Settings } from "../../settings/table";
import { labelOf, titleOf } from "../../words/export";
import { FileWorker } from "./file-worker";
import { FRAMES_PER_SECOND, framesOf, LAST_SECONDS } from "./shared/frames";
import type { SheetJob } from "./shared/protocol";
import { type SheetKind, sheetFor } from "./shared/sheet";

/** The run on screen, and what is wanted of it. */
export interface Exported {
  run: Run<IterateFacts>;
  record: RunRecord;
  settings: Settings;
  channels: readonly number[];
  /** Said in every frame. */
  caption: string;
  /** Text to put into the file, by keyword. */
  texts: Readonly<Record<string, string>>;
}

/** How the work is watched and ended. */
export interface Watch {
  signal: AbortSignal;
  /** Told of the share that is done, from 0 to 1. */
  progress(share: number): void;
  /** Told that the file lacks its words. */
  wordless(): void;
}

/** The picture of one iterate as a PNG. */
export function makePicture(what: Exported, step: number, watch: Watch): Promise<Blob> {
  return makeSheets(what, { kind: "png", size: "still", steps: [step] }, watch);
}

/** All kept iterates, or evenly chosen ones, up to the step that every channel has reached. */
export function makeAnimation(
  what: Exported,
  { kind, reached, every }: { kind: "gif" | "webm" | "mp4"; reached: number; every: number },
  watch: Watch,
): Promise<Blob> {
  const size = kind === "gif" ? "gif" : "video";
  return makeSheets(what, { kind, size, steps: framesOf(reached, every) }, watch);
}

/** Every iterate from 1 to `reached`, exactly. */
export async function makeArrays(what: Exported, reached: number, watch: Watch): Promise<Blob> {
  const { channels, settings } = what;
  const shape = [reached, settings.height, settings.width, 3] as const;
  return withFileWorker(watch, async (worker) => {
    await worker.begin({ kind: "npz", channels: [...channels], shape });
    for (let from = 1; from <= reached; from += CHECKPOINT_EVERY) {
      const to = Math.min(from + CHECKPOINT_EVERY - 1, reached);
      for (const [index, channel] of channels.entries()) {
        const values = await stretch(what.run, channel, { from, to }, watch.signal);
        const order = { kind: "stretch", stretch: { channel, values } } as const;
        await worker.order(
          order,
          values.map(({ buffer }) => buffer),
        );
        watch.progress((from - 1 + ((to - from + 1) * (index + 1)) / channels.length) / reached);
      }
    }
  });
}

interface Plan {
  kind: SheetJob["kind"];
  size: SheetKind;
  steps: readonly number[];
}

function makeSheets(what: Exported, { kind, size, steps }: Plan, watch: Watch): Promise<Blob> {
  const { settings, channels, caption, texts } = what;
  const { width, height } = settings;
  return withFileWorker(watch, async (worker) => {
    await worker.begin({
      kind,
      sheet: sheetFor(size, { width, height }, channels.length),
      picture: { width, height },
      caption,
      longestTitle: titleOf(settings, channels, steps.at(-1) ?? 0),
      texts,
    });
    for (const [index, step] of steps.entries()) {
      const seconds = index === steps.length - 1 ? LAST_SECONDS : 1 / FRAMES_PER_SECOND;
      await sendFrame(worker, what, step, seconds);
      watch.progress((index + 1) / steps.length);
    }
  });
}

async function sendFrame(worker: FileWorker, what: Exported, step: number, seconds: number): Promise<void> {
  const { run, record, settings, channels } = what;
  const kept = await Promise.all(channels.map((channel) => run.iterate(channel, step)));
  const pictures = kept.map(({ rgba }) => rgba as Uint8ClampedArray<ArrayBuffer>);
  const labels = channels.map((channel) => labelOf(channel, record.at(channel, step)?.objective));
  const frame = { title: titleOf(settings, channels, step), labels, pictures, seconds };
  await worker.order(
    { kind: "frame", frame },
    pictures.map(({ buffer }) => buffer),
  );
}

/** The last first: it is computed from a checkpoint, and the others are then at hand. */
async function stretch(
  run: Run<IterateFacts>,
  channel: number,
  { from, to }: { from: number; to: number },
  signal: AbortSignal,
): Promise<Float32Array<ArrayBuffer>[]> {
  const images: Float32Array<ArrayBuffer>[] = [];
  for (let iteration = to; iteration >= from; iteration--) {
    signal.throwIfAborted();
    const kept = await run.iterate(channel, iteration);
    images.unshift((await kept.pixels()) as Float32Array<ArrayBuffer>);
  }
  return images;
}

/** Rejects as soon as it is cancelled, whatever is being read or written. */
async function withFileWorker(watch: Watch, work: (worker: FileWorker) => Promise<void>): Promise<Blob> {
  const { signal } = watch;
  signal.throwIfAborted();
  const worker = new FileWorker(signal);
  const cancelled = new Promise<never>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  try {
    const file = await Promise.race([work(worker).then(() => worker.finish()), cancelled]);
    if (worker.wordless) watch.wordless();
    return file;
  } finally {
    worker.close();
  }
}
