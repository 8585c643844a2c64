/**
 * Python, for the tests that open our files in its readers and run the programs that the page writes. `needs.ts` tells
 * whether it is here.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { env } from "node:process";
import { text } from "node:stream/consumers";
import { PYTHON, WITH_TORCH } from "./needs";

const INSTALL =
  "Make a virtual environment outside the clone, install tests/browser/requirements.txt into it, and name its python in the environment variable VGGSCOPE_PYTHON.";

const INSTALL_TORCH =
  "Install torch and matplotlib for one of them; on Debian: apt-get install python3-torch python3-matplotlib.";

/** A Python that runs PyTorch. */
export async function pythonWithTorch(): Promise<string> {
  for (const candidate of WITH_TORCH) {
    const printed = await python("import matplotlib, torch\nprint('both')", [], candidate).catch(() => "");
    if (printed.trim() === "both") return candidate;
  }
  throw new Error(`None of ${WITH_TORCH.join(", ")} has torch and matplotlib. ${INSTALL_TORCH}`);
}

/** What a program printed. This process goes on meanwhile: the program may ask its site for weights. */
export async function python(
  program: string,
  args: readonly string[] = [],
  interpreter = PYTHON,
): Promise<string> {
  const child = spawn(interpreter, ["-", ...args], {
    // Nothing is shown, and TensorFlow keeps its greetings to itself.
    env: { ...env, MPLBACKEND: "Agg", TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "-1" },
  });
  // One that does not start reads nothing; that it did not start is told below.
  child.stdin.on("error", () => undefined);
  child.stdin.end(program);
  const ended = once(child, "close").catch((error: Error) => {
    throw new Error(`${interpreter} does not start (${error.message}). ${INSTALL}`);
  });
  const [[status], printed, complained] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  const missing = /No module named '([^']+)'/.exec(complained)?.[1];
  if (status !== 0 && missing) throw new Error(`${interpreter} lacks ${missing}. ${INSTALL}`);
  if (status !== 0) throw new Error(`Python failed:\n${complained}`);
  return printed;
}
