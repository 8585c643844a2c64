/**
 * Python, for the tests that open our files in its readers and run the programs that the page writes. It is needed: a
 * machine without it fails these tests and is told what to install.
 */
import { spawnSync } from "node:child_process";
import { env } from "node:process";

const PYTHON = env.VGGSCOPE_PYTHON ?? "python3";
const INSTALL =
  "Make a virtual environment outside the clone, install tests/browser/requirements.txt into it, and name its python in the environment variable VGGSCOPE_PYTHON.";

/** What a program printed. */
export function python(
  program: string,
  args: readonly string[] = [],
  options: { cwd?: string } = {},
): string {
  const { error, status, stdout, stderr } = spawnSync(PYTHON, ["-", ...args], {
    ...options,
    input: program,
    encoding: "utf8",
    maxBuffer: 1e9,
    // Nothing is shown, and TensorFlow keeps its greetings to itself.
    env: { ...env, MPLBACKEND: "Agg", TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "-1" },
  });
  if (error) throw new Error(`${PYTHON} does not start (${error.message}). ${INSTALL}`);
  const missing = /No module named '([^']+)'/.exec(stderr)?.[1];
  if (status !== 0 && missing) throw new Error(`${PYTHON} lacks ${missing}. ${INSTALL}`);
  if (status !== 0) throw new Error(`Python failed:\n${stderr}`);
  return stdout;
}
