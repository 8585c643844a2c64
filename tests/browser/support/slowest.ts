/** Says at the end which files and tests took longest, so that anyone sees where the time goes. */
import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";

const LISTED = 12;
/** Shorter ones are not worth a line. */
const LONG_MS = 1000;

interface Timed {
  name: string;
  milliseconds: number;
}

export default class Slowest implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const files = modules.map((module) => ({ name: fileOf(module), milliseconds: wholeTime(module) }));
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({
        name: `${fileOf(module)}: ${test.fullName}`,
        milliseconds: test.diagnostic()?.duration ?? 0,
      })),
    );
    process.stdout.write(`\n${listed("files", files)}\n${listed("tests", tests)}\n`);
  }
}

/** With what is done before and after the tests. */
function wholeTime(module: TestModule): number {
  const { collectDuration, setupDuration, duration } = module.diagnostic();
  return collectDuration + setupDuration + duration;
}

function fileOf({ moduleId }: TestModule): string {
  return relative(`${import.meta.dirname}/..`, moduleId);
}

function listed(what: string, all: readonly Timed[]): string {
  const long = all.filter(({ milliseconds }) => milliseconds > LONG_MS);
  const slowest = long.toSorted((a, b) => b.milliseconds - a.milliseconds).slice(0, LISTED);
  const rows = slowest.map(({ name, milliseconds }) => `${seconds(milliseconds)}  ${name}`);
  return [`The ${what} that took longest:`, ...rows].join("\n");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`.padStart(9);
}
