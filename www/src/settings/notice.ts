/** What a page says of a link that it did not understand: a sentence on each problem, or one on all where they are many. */
import * as words from "../words/link";
import type { Problem } from "./table";

const MOST = 3;

export function noticeOf(problems: readonly Problem[]): string[] {
  if (problems.length <= MOST) return problems.map(({ message }) => message);
  return [words.manyRefused([...new Set(problems.map(({ key }) => key))])];
}
