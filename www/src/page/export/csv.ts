/** What a climb was told of every step, as CSV with the columns that `vggscope render --objectives` writes. */
import type { RunRecord, StepFacts } from "../../explorer/record";

const COLUMNS: readonly [name: string, value: (facts: StepFacts) => string][] = [
  ["channel", ({ channel }) => String(channel)],
  ["iteration", ({ iteration }) => String(iteration)],
  ["objective", ({ objective }) => decimal(objective)],
  ["gradient_norm", ({ gradientNorm }) => decimal(gradientNorm)],
  ["min", ({ min }) => decimal(min)],
  ["max", ({ max }) => decimal(max)],
  ["dead", ({ dead }) => String(dead)],
  ["constant", ({ constant }) => String(constant)],
  ["finite", ({ finite }) => String(finite)],
];

/** A row for each channel and step so far, channel by channel. */
export function objectivesCsv(record: RunRecord, channels: readonly number[]): string {
  const rows = channels.flatMap((channel) =>
    Array.from({ length: record.newest(channel) }, (_, index) => record.at(channel, index + 1)).flatMap(
      (facts) => (facts ? [COLUMNS.map(([, value]) => value(facts)).join(",")] : []),
    ),
  );
  return `${[COLUMNS.map(([name]) => name).join(","), ...rows].join("\n")}\n`;
}

/** Nine digits give every 32-bit float back. Python, R and spreadsheets read these words for what is no number. */
function decimal(value: number): string {
  if (Number.isFinite(value)) return String(Number(value.toPrecision(9)));
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Inf" : "-Inf";
}
