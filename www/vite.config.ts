import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { modelCard } from "./scripts/model-card";

/**
 * Writes the address of the site's root (where vggscope.js lies) into each chunk, relative to the chunk itself, so
 * that the shipped weights are found from any sub-path and any other site's page.
 */
function siteRoot(): Plugin {
  const marker = "__SITE_ROOT__";
  return {
    name: "site-root",
    config: (_config, { command }) =>
      command === "serve"
        ? { define: { [marker]: 'new URL("/", globalThis.location?.href ?? "http://localhost").href' } }
        : {},
    renderChunk(code, chunk) {
      const root = "../".repeat(chunk.fileName.split("/").length - 1) || "./";
      const address = `new URL("${root}",import.meta.url).href`;
      return code.includes(marker) ? { code: code.replaceAll(marker, address), map: null } : null;
    },
  };
}

export default defineConfig({
  // A missing file is a 404, as on any static host, and not the page again.
  appType: "mpa",
  base: "./",
  plugins: [siteRoot(), modelCard()],
  worker: { format: "es" },
  build: {
    target: "es2022",
    // A data: address would put both wasm files into every visitor's download.
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      input: { index: "index.html", "model-card": "model-card.html", vggscope: "src/vggscope.ts" },
      preserveEntrySignatures: "strict",
      output: {
        entryFileNames: ({ name }) => (name === "vggscope" ? "vggscope.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  test: { include: ["tests/**/*.test.ts"] },
});
