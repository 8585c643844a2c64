/** At the end of a run: whether its pictures have moved enough to be seen, and what would help where they have not. */

import type { RunRecord } from "../explorer/record";
import type { IterateFacts, Movement, Run } from "../public/types";
import * as words from "../words/movement";

/**
 * Noise from a seed has a standard deviation of 0.29 of its range. Changes of at most a twentieth, which is 13 of 255 levels
 * where a value changed most, drown in that: a climb whose largest was 0.03 showed what it began with to whoever looked.
 */
const SEEN = 0.05;

/** What a run went by. */
export interface Rule {
  learningRate: number;
  step: string;
}

/**
 * How far the picture that moved farthest did, as a share of the range from black to white; undefined as soon as one is found
 * that was seen to move, and where there is none that could.
 */
export async function hardlyMoved(
  run: Pick<Run<IterateFacts>, "moved">,
  record: Pick<RunRecord, "newest" | "at">,
  channels: readonly number[],
): Promise<number | undefined> {
  let farthest: number | undefined;
  for (const channel of channels) {
    const newest = record.newest(channel);
    const facts = record.at(channel, newest);
    // These say so themselves.
    if (!facts || facts.dead || facts.constant || !facts.finite) continue;
    const share = shareOf(await run.moved(channel, newest));
    if (share >= SEEN) return undefined;
    farthest = Math.max(share, farthest ?? 0);
  }
  return farthest;
}

function shareOf({ most, range }: Movement): number {
  return range > 0 ? most / range : 0;
}

/** Sentences on how far the pictures moved, and what would help. */
export function adviceOn(share: number, steps: number, { learningRate, step }: Rule): string[] {
  const rate = enough(learningRate / share);
  const advice = rate === undefined ? words.largerRate : words.rateNeeded(rate);
  const other = step === "gradient" ? [words.otherRules] : [];
  return [words.farthest(share, steps), learningRate === 0 ? words.noRate : advice, ...other];
}

/** While images hardly move, their gradients stay as they are and a run goes as far as its learning rate is large. One digit. */
function enough(rate: number): number | undefined {
  return Number.isFinite(rate) && rate > 0 && rate < 1e12 ? Number(rate.toPrecision(1)) : undefined;
}
