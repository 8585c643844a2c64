/** What a page says of a link that it did not understand: a sentence on each value, or one on all where they are many. */
import * as words from "../words/link";
import { LINK_KEYS } from "./link";
import type { Problem } from "./table";

const MOST = 3;

export function noticeOf(problems: readonly Problem[]): string[] {
  const refused = problems.filter(({ key }) => LINK_KEYS.includes(key));
  const strange = problems.filter((problem) => !refused.includes(problem));
  const sentences = (some: readonly Problem[]) => some.map(({ message }) => message);
  if (refused.length <= MOST) return sentences(problems);
  const keys = [...new Set(refused.map(({ key }) => key))];
  return [...sentences(strange), words.manyRefused(keys)];
}
