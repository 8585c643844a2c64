/** Lists of channels as people write them: `0-39`, or `1,5,7-9`. */

import { WIDEST } from "../basics/vgg16";
import * as words from "../words/link";

/** The channels in the order written; a sentence where the text is not such a list. Never more work than the text is long. */
export function parseChannels(text: string): number[] | string {
  const channels: number[] = [];
  for (const part of text.split(",")) {
    const range = parseRange(part.trim());
    if (typeof range === "string") return range;
    for (let channel = range.first; channel <= range.last; channel++) channels.push(channel);
    if (channels.length > WIDEST) return words.tooManyChannels(WIDEST);
  }
  const twice = channels.find((channel, position) => channels.indexOf(channel) !== position);
  return twice === undefined ? channels : words.channelTwice(twice);
}

/** The shortest text that parses to the same list. */
export function formatChannels(channels: readonly number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const channel of channels) {
    const run = runs.at(-1);
    if (run && channel === run.last + 1) run.last = channel;
    else runs.push({ first: channel, last: channel });
  }
  return runs.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(",");
}

function parseRange(part: string): { first: number; last: number } | string {
  const match = /^(\d{1,9})(?:\s*-\s*(\d{1,9}))?$/.exec(part);
  if (!match) return words.noRange(part);
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  if (last < first) return words.backwards(part);
  if (last >= WIDEST) return words.beyondWidest(last, WIDEST - 1);
  return { first, last };
}
