// Medians, ratios and the table.

/** Medians of both contestants' times, and of the turns' ratios with their spread. */
export function summarise(turns) {
  const times = (name) => ({
    wallMs: median(turns.map((turn) => turn[name].wallMs)),
    cpuMs: median(turns.map((turn) => turn[name].cpuMs)),
  });
  const ratio = (time) => spread(turns.map((turn) => turn.tfjs[time] / turn.vggscope[time]));
  return {
    tfjs: times("tfjs"),
    vggscope: times("vggscope"),
    wallRatio: ratio("wallMs"),
    cpuRatio: ratio("cpuMs"),
  };
}

/** The whole report as Markdown. */
export function table({ machine, browser, tfjs, setting, results }) {
  const { size, turns } = setting;
  return [
    `One step at ${size} x ${size}, one channel, CPU only: medians of ${turns} turns; ratios as median (lowest to highest).`,
    `TensorFlow.js ${tfjs}, wasm backend; Chromium ${browser}; ${machine.cores} cores, ${machine.cpu}.`,
    "",
    "| layer | TensorFlow.js, wall (CPU) | vggscope, wall (CPU) | times as fast, wall | CPU | floor |",
    "|---|---|---|---|---|---|",
    ...results.map(row),
  ].join("\n");
}

function row({ layer, tfjs, vggscope, wallRatio, cpuRatio, floor }) {
  const verdict = wallRatio.median >= floor ? "met" : "missed";
  const cells = [
    layer,
    time(tfjs),
    time(vggscope),
    ratio(wallRatio),
    ratio(cpuRatio),
    `${floor}: ${verdict}`,
  ];
  return `| ${cells.join(" | ")} |`;
}

function time({ wallMs, cpuMs }) {
  return `${wallMs.toFixed(1)} ms (${cpuMs.toFixed(1)})`;
}

function ratio({ median, lowest, highest }) {
  return `${median.toFixed(1)} (${lowest.toFixed(1)} to ${highest.toFixed(1)})`;
}

function spread(values) {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
