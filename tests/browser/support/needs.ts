/**
 * Programs that only some tests need. Where one is missing they are left out and counted as left out: `cargo xtask test`
 * installs it or says why not, and under CI it allows none to be missing.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { env } from "node:process";
import { PROGRAM } from "./browser";

/** Whether Chromium is here. */
export const hasChromium = () => existsSync(PROGRAM);

/** The Python of the tests. */
export const PYTHON = env.VGGSCOPE_PYTHON ?? "python3";

/** Where PyTorch may be: Debian's package is for Debian's own Python, which need not be the first on PATH. */
const WITH_TORCH = [env.VGGSCOPE_PYTHON_TORCH ?? PYTHON, PYTHON, "python3", "/usr/bin/python3"];

/** Asks whether modules are there without importing them: TensorFlow alone would take seconds. */
const HAS_MODULES =
  "import importlib.util as u, sys; sys.exit(any(u.find_spec(name) is None for name in sys.argv[1:]))";

/** Whether a Python starts and has these modules. */
export function has(python: string, ...modules: readonly string[]): boolean {
  return spawnSync(python, ["-c", HAS_MODULES, ...modules]).status === 0;
}

/** A Python that runs the page's programs for PyTorch, if there is one. */
export const torchPython = () => WITH_TORCH.find((python) => has(python, "torch", "matplotlib"));

/** Whether Python runs the page's programs for Keras. */
export const hasKeras = () => has(PYTHON, "keras", "matplotlib", "numpy", "tensorflow");
