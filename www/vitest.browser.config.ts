import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The tests of the built site, `dist`, in a browser. They lie outside this folder and use its packages. */
export default defineConfig({
  resolve: {
    alias: {
      "axe-core": at("node_modules/axe-core/axe.js"),
      "playwright-core": at("node_modules/playwright-core/index.mjs"),
      vite: at("node_modules/vite/dist/node/index.js"),
    },
  },
  test: {
    dir: at("../tests/browser"),
    include: ["**/*.test.ts"],
    // One browser at a time has the machine to itself, so that what is timed means something.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    reporters: ["verbose"],
  },
});
