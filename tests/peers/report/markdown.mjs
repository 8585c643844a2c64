// The report as Markdown: everything for the terminal, and the README's part of it.

import { CONTESTANTS, PAIRS } from "../plan.mjs";
import { rates, ratio, why } from "./derive.mjs";

/** Everything measured. */
export function tables(report) {
  const parts = [
    machine(report),
    ...report.steps.map((entry) => caseTable(entry, report)),
    ...(report.steps.length > 0 ? [ratioTable(report)] : []),
    ...(report.growth.length > 0 ? [growthTable(report)] : []),
    ...(report.runs ? [runsTable(report)] : []),
    ...(report.pictures ? [pictureTable(report)] : []),
  ];
  return parts.join("\n\n");
}

/** What the README shows. */
export function summary(report) {
  const folder = "tests/peers/results";
  const more = `Every contestant, layer and turn: [numbers](${folder}/speed.json), [plot](${folder}/speed.svg).`;
  return [machine(report), ratioTable(report), runsTable(report), pictureTable(report), more].join("\n\n");
}

function machine({ machine, browser, turns, contestants, date }) {
  const versions = new Map();
  for (const { label, version } of Object.values(contestants))
    if (version) versions.set(label.split(/[ ,]/)[0], version);
  const programs = [...versions].map(([name, version]) => `${name} ${version}`);
  const chromium = browser ? [`Chromium ${browser} headless`] : [];
  return [
    `Medians of ${turns} turns, ratios as median (lowest to highest).`,
    `${[...programs, ...chromium].join("; ")}; ${machine.cores} cores of ${machine.cpu}; ${date.slice(0, 10)}.`,
  ].join("\n");
}

/** Everyone's step of one case. */
function caseTable(entry, report) {
  const names = Object.keys(report.contestants).filter(
    (name) => report.contestants[name].unavailable || entry.results[name],
  );
  const { layer, size, channels } = entry;
  return [
    `One step of ${layer} at ${size} x ${size}, ${channelsOf(channels)}:`,
    "",
    ...table(
      [
        "",
        "on",
        "wall, ms",
        "CPU, ms",
        "GFLOP/s (of peak)",
        "GB/s (of peak)",
        "dispatches",
        "peak memory, MB",
      ],
      names.map((name) => caseRow(name, entry, report)),
    ),
  ].join("\n");
}

function caseRow(name, entry, { contestants, peak, memory }) {
  const result = entry.results[name];
  const { label, device = "" } = contestants[name];
  const missing = why(result, contestants[name]);
  if (missing) return [label, device, missing];
  const { flop, bytes } = rates(entry, name, result, peak);
  const most = entry.channels === 1 ? memory?.[entry.layer]?.[name] : undefined;
  return [
    label,
    device,
    range(result.wallMs),
    range(result.cpuMs),
    rate(flop),
    rate(bytes),
    result.dispatches ?? "",
    most === undefined ? "" : Math.round(most / 1e6),
  ];
}

function ratioTable(report) {
  const asked = ({ ours, peer }) => report.contestants[ours] && report.contestants[peer];
  const rows = PAIRS.filter(asked).flatMap((pair) =>
    report.steps
      .filter(({ channels }) => channels === pair.channels)
      .map((entry) => ratioRow(pair, entry, report)),
  );
  return table(["layer", "channels", "compared", "peer", "vggscope", "times as fast"], rows).join("\n");
}

function ratioRow(pair, entry, { contestants }) {
  const { ours, peer, time } = pair;
  const compared = `${CONTESTANTS[ours].label} against ${CONTESTANTS[peer].label}, ${time === "cpuMs" ? "CPU time" : "wall time"}`;
  const found = ratio(entry, pair, contestants);
  const head = [entry.layer, entry.channels, compared];
  if (found.missing) return [...head, found.missing];
  const ms = (name) => `${number(entry.results[name][time].median)} ms`;
  return [...head, ms(peer), ms(ours), range(found)];
}

function growthTable({ growth, contestants }) {
  const names = Object.keys(contestants).filter((name) => growth.some(({ results }) => results[name]));
  const cell = (result) => (result?.wallMs ? number(result.wallMs.median) : (result?.failed ?? ""));
  return [
    "Wall time of a step, ms, as one thing grows:",
    "",
    ...table(
      ["grows", "to", ...names.map((name) => contestants[name].label)],
      growth.map((entry) => [
        entry.grows,
        entry[entry.grows],
        ...names.map((name) => cell(entry.results[name])),
      ]),
    ),
  ].join("\n");
}

function runsTable({ runs }) {
  return [
    "What the page takes beyond an empty browser, on the CPU, every iterate being readable:",
    "",
    ...table(
      ["layer", "channels x steps", "workers", "at most, MB", "in the end, MB", "pictures at hand"],
      runs.map(({ layer, channels, iterations, cores, bytes, held, readable }) => [
        layer,
        `${channels} x ${iterations}`,
        cores ? cores - 1 : Math.min(channels, 2),
        Math.round(bytes / 1e6),
        Math.round(held / 1e6),
        readable,
      ]),
    ),
  ].join("\n");
}

function pictureTable({ pictures, contestants }) {
  const { bitsPerSecond, layer, results } = pictures;
  const visit = ({ ms, bytes }) => `${number(ms.median / 1000)} s, ${number(bytes / 1e6)} MB`;
  const rows = Object.entries(results).map(([name, { failed, cold, warm }]) => [
    contestants[name].label,
    ...(failed ? [failed] : [visit(cold), visit(warm)]),
  ]);
  return [
    `From navigation to the first picture (${layer}, one channel) at ${bitsPerSecond / 1e6} Mbit/s:`,
    "",
    ...table(["", "first visit", "second visit"], rows),
  ].join("\n");
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const filled = rows.map((cells) => [...cells, ...Array(head.length - cells.length).fill("")]);
  return [line(head), `|${"---|".repeat(head.length)}`, ...filled.map(line)];
}

function channelsOf(count) {
  return count === 1 ? "one channel" : `${count} channels`;
}

function range({ median, lowest, highest }) {
  return `${number(median)} (${number(lowest)} to ${number(highest)})`;
}

function rate({ perSecond, share }) {
  const giga = number(perSecond / 1e9);
  return share === undefined ? giga : `${giga} (${Math.round(100 * share)} %)`;
}

/** Three significant digits, never in powers of ten. */
function number(value) {
  return value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}
