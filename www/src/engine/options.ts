/** Checks what callers pass in: every option by name, value and what is allowed; unknown names are errors too. */

import { BACKENDS, DEFAULTS, LIMITS, PREPROCESSINGS, STEP_RULES } from "../basics/limits";
import { VggscopeError } from "../public/errors";
import type {
  ActivationOptions,
  AscendOptions,
  CanvasOptions,
  OpenOptions,
  RunChanges,
} from "../public/types";
import * as words from "../words/options";

interface Rule {
  allowed: string;
  accepts(value: unknown): boolean;
}
type Rules<T> = { readonly [K in keyof T]-?: Rule };

const text: Rule = { allowed: words.name, accepts: (value) => typeof value === "string" && value !== "" };
const index: Rule = { allowed: words.index, accepts: isIndex };
const floats: Rule = { allowed: words.floats, accepts: (value) => value instanceof Float32Array };

function integer({ min, max }: { min: number; max: number }): Rule {
  return {
    allowed: words.integer(min, max),
    accepts: (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  };
}

function oneOf(values: readonly string[]): Rule {
  return {
    allowed: words.oneOf(values),
    accepts: (value) => typeof value === "string" && values.includes(value),
  };
}

function isCatalogueModel(value: unknown): boolean {
  return typeof value === "object" && value !== null && "model" in value && typeof value.model === "string";
}

function isIndex(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

const OPEN: Rules<OpenOptions> = {
  weights: {
    allowed: words.weights,
    accepts: (value) =>
      (typeof value === "string" && value.trim() !== "") ||
      [URL, Blob, ArrayBuffer].some((kind) => value instanceof kind) ||
      isCatalogueModel(value),
  },
  network: text,
  allowFullDownload: { allowed: words.trueOrFalse, accepts: (value) => typeof value === "boolean" },
  backend: oneOf(BACKENDS),
  onProgress: { allowed: words.aFunction, accepts: (value) => typeof value === "function" },
  signal: { allowed: words.abortSignal, accepts: (value) => value instanceof AbortSignal },
};

const ASCEND: Rules<AscendOptions & CanvasOptions> = {
  layer: text,
  channels: {
    allowed: words.channels,
    accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(isIndex),
  },
  width: integer(LIMITS.width),
  height: integer(LIMITS.height),
  iterations: integer(LIMITS.iterations),
  learningRate: { allowed: words.finiteNumber, accepts: (value) => Number.isFinite(value) },
  step: oneOf(STEP_RULES),
  preprocessing: oneOf(PREPROCESSINGS),
  seed: integer(LIMITS.seed),
  start: floats,
  keep: oneOf(["all", "last"]),
  canvases: { allowed: words.canvases, accepts: (value) => Array.isArray(value) },
};

const CHANGES: Rules<RunChanges> = {
  iterations: ASCEND.iterations,
  learningRate: ASCEND.learningRate,
  step: ASCEND.step,
};

const ACTIVATION: Rules<ActivationOptions> = {
  layer: text,
  channel: index,
  image: floats,
  width: integer(LIMITS.width),
  height: integer(LIMITS.height),
  preprocessing: oneOf(PREPROCESSINGS),
};

export function checkOpenOptions(options: OpenOptions): void {
  check("Vggscope.open", options, OPEN, []);
}

export function checkActivationOptions(options: ActivationOptions): void {
  check("activation", options, ACTIVATION, ["layer", "channel", "image"]);
  checkPixels("activation", options);
}

export function checkRunChanges(changes: RunChanges): void {
  check("resume", changes, CHANGES, []);
}

export function checkAscendOptions(
  options: AscendOptions & { canvases?: CanvasOptions["canvases"] | undefined },
): void {
  check("ascend", options, ASCEND, ["layer", "channels"]);
  checkPixels("ascend", options);
  const { channels, canvases } = options;
  const twice = channels.find((channel, position) => channels.indexOf(channel) !== position);
  if (twice !== undefined) {
    throw new VggscopeError("duplicate-channel", words.duplicateChannel(twice));
  }
  if (canvases && canvases.length !== channels.length) {
    throw invalid("ascend", "canvases", words.long(canvases.length), words.canvasEach(channels.length));
  }
}

/** Both sides may be allowed, and the image too large all the same. */
function checkPixels(
  call: string,
  {
    width = DEFAULTS.width,
    height = DEFAULTS.height,
  }: { width?: number | undefined; height?: number | undefined },
): void {
  const { max } = LIMITS.pixels;
  if (width * height > max) throw new VggscopeError("invalid-size", words.tooLarge(call, width, height, max));
}

function check<T extends object>(
  call: string,
  options: T,
  rules: Rules<T>,
  required: readonly (keyof T & string)[],
): void {
  if (typeof options !== "object" || options === null) {
    throw invalid(call, words.theArgument, show(options), words.object);
  }
  for (const name of required) {
    if (options[name] === undefined) throw invalid(call, name, words.missing, rules[name].allowed);
  }
  for (const [name, value] of Object.entries(options)) checkOne(call, name, value, rules);
}

function checkOne(call: string, name: string, value: unknown, rules: object): void {
  if (!Object.hasOwn(rules, name)) {
    throw new VggscopeError("unknown-option", words.unknown(call, name, Object.keys(rules)));
  }
  const rule = (rules as Record<string, Rule>)[name];
  if (rule && value !== undefined && !rule.accepts(value))
    throw invalid(call, name, show(value), rule.allowed);
}

function invalid(call: string, name: string, value: string, allowed: string): VggscopeError {
  return new VggscopeError("invalid-option", words.invalid(call, name, value, allowed));
}

/** A value as a short piece of a sentence. */
function show(value: unknown): string {
  const shown =
    typeof value === "string"
      ? `"${value}"`
      : Array.isArray(value)
        ? `[${value.slice(0, 8).join(", ")}]`
        : String(value);
  return shown.length > 80 ? `${shown.slice(0, 80)}…` : shown;
}
