// Contestants outside a browser: programs that answer each line of JSON with a line of JSON.
//
// They first say { "about": … } or { "unavailable": "why" }. A setting is answered by { "mark": "start" } and
// { "mark": "end" } around the timed steps, each of which waits for an empty line, and by the result.

import { spawn, spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { cpuSeconds } from "./processes.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const WEIGHTS = join(here, "../../www/dist/weights/untrained");
/** Interpreters to look for a library in. */
const PYTHONS = (process.env.PYTHON ?? "python3").split(delimiter);

/** Starts a contestant's program; rejects where it cannot compute here. */
export function openNative({ program, python }) {
  const [file, ...options] = program ? rustProgram(program) : pythonProgram(python);
  return NativeContestant.open(file, [...options, WEIGHTS]);
}

/** The path of one of the library's example programs, which `cargo xtask bench` has built. */
export function rustProgram([name, ...options]) {
  const folder = process.env.VGGSCOPE_EXAMPLES;
  if (!folder) throw new Error("not built: start the bench as `cargo xtask bench`");
  return [join(folder, name), ...options];
}

function pythonProgram([library, script, ...options]) {
  const question = `import importlib.util, sys; sys.exit(importlib.util.find_spec("${library}") is None)`;
  const finds = (python) => spawnSync(python, ["-c", question], { stdio: "ignore" }).status === 0;
  const python = PYTHONS.find(finds);
  if (!python) throw new Error(`no Python with ${library} is installed (looked in: ${PYTHONS.join(", ")})`);
  return [python, join(here, "python", script), ...options];
}

class NativeContestant {
  #process;
  #lines;
  #complaint = "";

  constructor(file, options) {
    this.#process = spawn(file, options, { stdio: "pipe" });
    this.#process.stderr.on("data", (text) => {
      this.#complaint = String(text).trim().split("\n").at(-1) || this.#complaint;
    });
    // A program that cannot start or that ends is told from its missing answer.
    this.#process.on("error", (error) => {
      this.#complaint = error.message;
    });
    this.#process.stdin.on("error", () => undefined);
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** What computes: a version, a device. */
  about;

  static async open(file, options) {
    const contestant = new NativeContestant(file, options);
    const { about, unavailable } = await contestant.#read();
    if (unavailable) {
      await contestant.close();
      throw new Error(unavailable);
    }
    contestant.about = about;
    return contestant;
  }

  /** Milliseconds of all timed steps and the start image's mean activations. */
  async climb(setting) {
    this.#write(JSON.stringify(setting));
    const marks = {};
    for (;;) {
      const { mark, error, ...result } = await this.#read();
      if (error) throw new Error(error);
      if (!mark) return { ...result, cpuMs: 1000 * (marks.end - marks.start) };
      marks[mark] = cpuSeconds();
      this.#write("");
    }
  }

  async close() {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.stdin.end();
    await ended;
  }

  #write(line) {
    this.#process.stdin.write(`${line}\n`);
  }

  async #read() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(this.#complaint || "the program ended without a word");
    return JSON.parse(value);
  }
}
