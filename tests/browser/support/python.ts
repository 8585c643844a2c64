/**
 * Python, for the tests that open our files in its readers and run the programs that the page writes. `needs.ts` tells
 * whether it is here.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { env } from "node:process";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { PYTHON } from "./needs";

const INSTALL =
  "Make a virtual environment outside the clone, install tests/browser/requirements.txt into it, and name its python in the environment variable VGGSCOPE_PYTHON.";

/** Nothing is shown, and TensorFlow keeps its greetings to itself. */
const QUIET = { ...env, MPLBACKEND: "Agg", TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "-1" };

/** What a program printed. This process goes on meanwhile: the program may ask its site for weights. */
export async function python(
  program: string,
  args: readonly string[] = [],
  interpreter = PYTHON,
): Promise<string> {
  const child = spawn(interpreter, ["-", ...args], { env: QUIET });
  // One that does not start reads nothing; that it did not start is told below.
  child.stdin.on("error", () => undefined);
  child.stdin.end(program);
  const ended = once(child, "close").catch((error: Error) => {
    throw new Error(notStarted(interpreter, error));
  });
  const [[status], printed, complained] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (status !== 0) throw new Error(whyFailed(interpreter, complained));
  return printed;
}

/** Reads programs, a line of JSON each, and answers with a line for each: what it printed, or how it failed. */
const READER = `
import contextlib, io, json, sys, traceback
for line in sys.stdin:
    printed, failed = io.StringIO(), None
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(json.loads(line), "program", "exec"), {"__name__": "__main__"})
    except BaseException:
        failed = traceback.format_exc()
    print(json.dumps({"printed": printed.getvalue(), "failed": failed}), flush=True)
`;

/** One Python for one program after the other, each in a namespace of its own: most take less time than to start TensorFlow. */
export class Interpreter {
  readonly #name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  #complained = "";

  constructor(name = PYTHON) {
    this.#name = name;
    this.#child = spawn(name, ["-c", READER], { env: QUIET });
    this.#child.stdin.on("error", () => undefined);
    this.#child.on("error", (error) => {
      this.#complained = notStarted(name, error);
    });
    this.#child.stderr.on("data", (words) => {
      this.#complained += words;
    });
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** What the program printed. */
  async run(program: string): Promise<string> {
    this.#child.stdin.write(`${JSON.stringify(program)}\n`);
    const { value } = await this.#answers.next();
    const { printed, failed } = value
      ? (JSON.parse(value) as { printed: string; failed: string | null })
      : { printed: "", failed: this.#complained };
    if (failed !== null) throw new Error(whyFailed(this.#name, failed));
    return printed;
  }

  close(): void {
    this.#child.stdin.end();
  }
}

function notStarted(interpreter: string, { message }: Error): string {
  return `${interpreter} does not start (${message}). ${INSTALL}`;
}

function whyFailed(interpreter: string, complained: string): string {
  const missing = /No module named '([^']+)'/.exec(complained)?.[1];
  return missing ? `${interpreter} lacks ${missing}. ${INSTALL}` : `Python failed:\n${complained}`;
}
