import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { catalogue } from "./scripts/catalogue.ts";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * These measure time, memory or how busy the main thread is, or climb on an emulated GPU, which takes every core: each has
 * the machine to itself, after the others.
 */
const ALONE = [
  ...["smoothness", "main-thread", "memory*", "soak*"],
  ...["determinism", "golden-webgpu", "gpu-limits", "gradient", "network"],
].map((name) => `**/${name}.test.ts`);

/**
 * Most of a file's time is waiting for a page, so there are more workers than a small machine has cores; each has a
 * browser of its own, of several hundred megabytes.
 */
const WORKERS = Math.min(8, Math.ceil(1.5 * availableParallelism()));

/** The tests of the built site, `dist`, in a browser. They lie outside this folder and use its packages. */
export default defineConfig({
  // Some tests read links as the page does, whose default model is the catalogue's.
  plugins: [catalogue()],
  resolve: {
    alias: {
      "axe-core": at("node_modules/axe-core/axe.js"),
      "playwright-core": at("node_modules/playwright-core/index.mjs"),
      vite: at("node_modules/vite/dist/node/index.js"),
    },
  },
  test: {
    dir: at("../tests/browser"),
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    reporters: ["verbose", at("../tests/browser/support/slowest.ts")],
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: ["**/*.test.ts"],
          exclude: ALONE,
          maxWorkers: WORKERS,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: ALONE,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
