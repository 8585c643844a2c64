import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { catalogue } from "./scripts/catalogue.ts";
import { DOC_PAGES, docs } from "./scripts/docs.ts";
import { headStart } from "./scripts/head-start.ts";
import { modelCard } from "./scripts/model-card.ts";
import { siteVersion } from "./scripts/site-version.ts";
import { wordsInPages } from "./scripts/words-in-pages.ts";

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

/**
 * uPlot asks for the numbers of the browser's language as soon as it is loaded, and throws where that is no language tag: "C",
 * as WebKit has it in the locale of a bare machine. The page's words are English, and so are its numbers.
 */
function plotsInEnglish(): Plugin {
  const asked = "domEnv ? nav.language : 'en-US'";
  return {
    name: "plots-in-english",
    transform(code, id) {
      if (!id.includes("/node_modules/uplot/") || !id.endsWith(".js")) return null;
      if (!code.includes(asked)) this.error(`${id} no longer has ${asked}`);
      return { code: code.replace(asked, "'en'"), map: null };
    },
  };
}

/** Scripts that other pages or browsers name, so that their addresses stay the same. */
const LASTING = ["vggscope", "vggscope-frame", "service-worker"];

/** What computes, how the site's parts are loaded, and what is said where they do not come. */
const SITE =
  /\/src\/(?:engine\/(?:backend|site-version|spawn|trusted|wasm-address)|words\/(?:backend|errors|site-version)|public\/errors)\.ts$/;

export default defineConfig({
  // A missing file is a 404, as on any static host, and not the page again.
  appType: "mpa",
  base: "./",
  plugins: [
    siteRoot(),
    catalogue(),
    plotsInEnglish(),
    wordsInPages(),
    modelCard(),
    docs(),
    headStart(),
    siteVersion(),
  ],
  worker: { format: "es" },
  build: {
    target: "es2022",
    // These know light-dark(). What replaces it for older ones needs a color-scheme that other people's pages do not set.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // A data: address would put both wasm files into every visitor's download.
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      input: {
        index: "index.html",
        "model-card": "model-card.html",
        embed: "embed.html",
        ...DOC_PAGES,
        early: "src/page/early.ts",
        vggscope: "src/vggscope.ts",
        "vggscope-frame": "src/frame/parent.ts",
        "service-worker": "src/offline/service-worker.ts",
      },
      preserveEntrySignatures: "strict",
      output: {
        // What first pictures and later parts both need would be three chunks, each a request more before the first picture.
        codeSplitting: { groups: [{ name: "site", test: SITE }] },
        entryFileNames: ({ name }) => (LASTING.includes(name) ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  test: { include: ["tests/**/*.test.ts"] },
});
