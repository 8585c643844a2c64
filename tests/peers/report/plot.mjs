// The report as one picture: everyone's step, and how costs grow.

import * as vega from "vega";
import { compile } from "vega-lite";
import { CONTESTANTS, describe } from "../plan.mjs";

const NUMBERS = { type: "quantitative", scale: { type: "log", nice: false } };
const NAMES = { type: "nominal", sort: null };
const TITLES = {
  size: "pixels along a side (block1_conv2)",
  layer: "layer",
  channels: "channels (block1_conv2)",
  cores: "cores (block1_conv2, 40 channels)",
};

/** Resolves to an SVG document. */
export async function plot(report) {
  const views = [stepsView(report), growthView(report)].filter(Boolean);
  const specification = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    background: "white",
    vconcat: views,
    resolve: { scale: { color: "independent" } },
    config: { font: "sans-serif", axis: { labelLimit: 0 }, legend: { labelLimit: 0 } },
  };
  const view = new vega.View(vega.parse(compile(specification).spec), { renderer: "none" });
  return view.toSVG();
}

/** One chart for each case. */
function stepsView({ steps, contestants }) {
  if (steps.length === 0) return undefined;
  const x = { title: "milliseconds", ...NUMBERS };
  const y = { field: "contestant", type: "nominal", title: null, sort: null };
  const color = { field: "by", type: "nominal", title: null };
  return {
    title: "Wall time of one step: median, lowest and highest turn",
    vconcat: steps.map((entry) => ({
      title: { text: describe(entry), fontSize: 11 },
      width: 480,
      data: { values: dots(entry, contestants) },
      layer: [
        { mark: "rule", encoding: { x: { field: "lowest", ...x }, x2: { field: "highest" }, y, color } },
        {
          mark: { type: "point", filled: true, size: 60 },
          encoding: { x: { field: "median", ...x }, y, color },
        },
      ],
    })),
    resolve: { scale: { color: "shared" } },
  };
}

function dots({ results }, contestants) {
  const timed = Object.entries(results).filter(([, { wallMs }]) => wallMs);
  return timed.map(([name, { wallMs }]) => ({
    ...wallMs,
    contestant: contestants[name].label,
    by: CONTESTANTS[name].ours ? "vggscope" : "others",
  }));
}

/** One chart for each thing that grows. */
function growthView({ growth, contestants }) {
  if (growth.length === 0) return undefined;
  const things = [...new Set(growth.map(({ grows }) => grows))];
  return {
    title: "Wall time of one step as one thing grows",
    columns: 2,
    concat: things.map((thing) => ({
      width: 260,
      height: 220,
      data: {
        values: growth.filter(({ grows }) => grows === thing).flatMap((entry) => points(entry, contestants)),
      },
      mark: { type: "line", point: true },
      encoding: {
        x: { field: "value", title: TITLES[thing], ...(thing === "layer" ? NAMES : NUMBERS) },
        y: { field: "median", title: "milliseconds", ...NUMBERS },
        color: { field: "contestant", type: "nominal", title: null },
      },
    })),
    resolve: { scale: { color: "shared" } },
  };
}

function points({ grows, results, ...entry }, contestants) {
  return Object.entries(results)
    .filter(([, { wallMs }]) => wallMs)
    .map(([name, { wallMs }]) => ({
      value: entry[grows],
      median: wallMs.median,
      contestant: contestants[name].label,
    }));
}
