// What the command line asks for.

import { parseArgs } from "node:util";
import { CONTESTANTS, LAYERS } from "./plan.mjs";
import { CONVOLUTIONS } from "./work.mjs";

/** What can be measured, in the order of measuring. */
const PARTS = ["steps", "memory", "pictures", "growth"];

/** The options, checked; `complete` when nothing was left out. */
export function readOptions() {
  const text = { type: "string" };
  const { values } = parseArgs({
    options: { only: text, layers: text, parts: text, turns: { ...text, default: "5" }, out: text },
  });
  return {
    names: list("only", values.only, Object.keys(CONTESTANTS)),
    layers: list("layers", values.layers, CONVOLUTIONS, LAYERS),
    parts: list("parts", values.parts, PARTS),
    turns: turns(values.turns),
    out: values.out,
    complete: !(values.only || values.layers || values.parts),
  };
}

function list(option, value, allowed, usual = allowed) {
  if (value === undefined) return usual;
  const names = value.split(",");
  const strange = names.find((name) => !allowed.includes(name));
  if (strange !== undefined)
    throw new Error(`--${option} cannot be ${strange}. Allowed: ${allowed.join(", ")}`);
  // In the order of measuring, each once.
  return allowed.filter((name) => names.includes(name));
}

function turns(text) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new Error(`--turns must be a whole number from 1, not ${text}`);
  return number;
}
