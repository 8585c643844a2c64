/** Checks what callers pass in: every option by name, value and what is allowed; unknown names are errors too. */
import { VggscopeError } from "../public/errors";
import type {
  ActivationOptions,
  AscendOptions,
  CanvasOptions,
  OpenOptions,
  RunChanges,
} from "../public/types";
import { BACKENDS, LIMITS, PREPROCESSINGS, STEP_RULES } from "./limits";

interface Rule {
  allowed: string;
  accepts(value: unknown): boolean;
}
type Rules<T> = { readonly [K in keyof T]-?: Rule };

const text: Rule = { allowed: "a name", accepts: (value) => typeof value === "string" && value !== "" };
const index: Rule = { allowed: "an integer from 0", accepts: isIndex };
const floats: Rule = { allowed: "a Float32Array", accepts: (value) => value instanceof Float32Array };

function integer({ min, max }: { min: number; max: number }): Rule {
  return {
    allowed: `an integer from ${min} to ${max}`,
    accepts: (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  };
}

function oneOf(values: readonly string[]): Rule {
  return {
    allowed: values.map((value) => `"${value}"`).join(", "),
    accepts: (value) => typeof value === "string" && values.includes(value),
  };
}

function isIndex(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

const OPEN: Rules<OpenOptions> = {
  weights: {
    allowed: "the address of a folder or of a file, a File, a Blob, or an ArrayBuffer",
    accepts: (value) =>
      (typeof value === "string" && value.trim() !== "") ||
      [URL, Blob, ArrayBuffer].some((kind) => value instanceof kind),
  },
  allowFullDownload: { allowed: "true or false", accepts: (value) => typeof value === "boolean" },
  backend: oneOf(BACKENDS),
  onProgress: { allowed: "a function", accepts: (value) => typeof value === "function" },
  signal: { allowed: "an AbortSignal", accepts: (value) => value instanceof AbortSignal },
};

const ASCEND: Rules<AscendOptions & CanvasOptions> = {
  layer: text,
  channels: {
    allowed: "an array of at least one integer from 0",
    accepts: (value) => Array.isArray(value) && value.length > 0 && value.every(isIndex),
  },
  width: integer(LIMITS.width),
  height: integer(LIMITS.height),
  iterations: integer(LIMITS.iterations),
  learningRate: { allowed: "a finite number", accepts: (value) => Number.isFinite(value) },
  step: oneOf(STEP_RULES),
  preprocessing: oneOf(PREPROCESSINGS),
  seed: integer(LIMITS.seed),
  start: floats,
  keep: oneOf(["all", "last"]),
  canvases: { allowed: "an array of HTML or offscreen canvases", accepts: (value) => Array.isArray(value) },
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
}

export function checkRunChanges(changes: RunChanges): void {
  check("resume", changes, CHANGES, []);
}

export function checkAscendOptions(
  options: AscendOptions & { canvases?: CanvasOptions["canvases"] | undefined },
): void {
  check("ascend", options, ASCEND, ["layer", "channels"]);
  const { channels, canvases } = options;
  const twice = channels.find((channel, position) => channels.indexOf(channel) !== position);
  if (twice !== undefined) {
    throw new VggscopeError(
      "duplicate-channel",
      `ascend: channels holds ${twice} twice; allowed: each channel once.`,
    );
  }
  if (canvases && canvases.length !== channels.length) {
    throw invalid(
      "ascend",
      "canvases",
      `${canvases.length} long`,
      `one canvas per channel (${channels.length})`,
    );
  }
}

function check<T extends object>(
  call: string,
  options: T,
  rules: Rules<T>,
  required: readonly (keyof T & string)[],
): void {
  if (typeof options !== "object" || options === null) {
    throw invalid(call, "the argument", show(options), "an object with options");
  }
  for (const name of required) {
    if (options[name] === undefined) throw invalid(call, name, "missing", rules[name].allowed);
  }
  for (const [name, value] of Object.entries(options)) checkOne(call, name, value, rules);
}

function checkOne(call: string, name: string, value: unknown, rules: object): void {
  if (!Object.hasOwn(rules, name)) {
    const names = Object.keys(rules).join(", ");
    throw new VggscopeError("unknown-option", `${call}: there is no option "${name}"; allowed: ${names}.`);
  }
  const rule = (rules as Record<string, Rule>)[name];
  if (rule && value !== undefined && !rule.accepts(value))
    throw invalid(call, name, show(value), rule.allowed);
}

function invalid(call: string, name: string, value: string, allowed: string): VggscopeError {
  return new VggscopeError("invalid-option", `${call}: ${name} is ${value}; allowed: ${allowed}.`);
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
