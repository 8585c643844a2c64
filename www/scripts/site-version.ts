/**
 * The site's version: a name made of its sources, which its scripts know and a file at its root says, so that a page can
 * ask whether it is still the one that lies there. And the service worker is told which files the site consists of, once the
 * build knows them.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { catalogueSource } from "./catalogue.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FILE = "edition.json";

/** What the site is made of; models are named by their contents. */
const SOURCES = ["src", "docs", "scripts", "public", "../crate/training/MODEL_CARD.md"];
const PAGES = ["index.html", "embed.html", "model-card.html", "vite.config.ts", "package-lock.json"];
const BY_NAME = /\.safetensors$/;

const WORKER = "service-worker.js";
const MARKER = "__SITE_FILES__";

/** What no visitor of the page needs: what other pages name, and what is kept only where it runs. */
const LEFT_OUT = [WORKER, "vggscope.js", "vggscope-frame.js", "embed.html"];
const KEPT = /\.(?:html|css|js)$/;

export function siteVersion(): Plugin {
  const name = nameOfSources();
  return {
    name: "site-version",
    config: () => ({ define: { __SITE_VERSION__: JSON.stringify(name) } }),
    // Pages are made last.
    enforce: "post",
    generateBundle(_options, bundle) {
      this.emitFile({ type: "asset", fileName: FILE, source: JSON.stringify({ edition: name }) });
      const worker = bundle[WORKER];
      if (worker?.type !== "chunk") return;
      const kept = Object.values(bundle).filter(
        ({ fileName }) =>
          KEPT.test(fileName) &&
          !LEFT_OUT.includes(fileName) &&
          !/\/embed(?:-[\w-]{8}\.|ded-)/.test(fileName),
      );
      const files = kept.map(({ fileName }) => fileName).sort();
      const hash = createHash("sha256");
      for (const file of kept)
        hash.update(file.fileName).update(file.type === "chunk" ? file.code : file.source);
      const found = { version: hash.digest("hex").slice(0, 16), files };
      worker.code = worker.code.replaceAll(MARKER, JSON.stringify(found));
    },
  };
}

function nameOfSources(): string {
  const hash = createHash("sha256");
  for (const file of [...SOURCES.flatMap(filesIn), ...PAGES]) {
    hash.update(file);
    if (!BY_NAME.test(file)) hash.update(readFileSync(join(ROOT, file)));
  }
  hash.update(readFileSync(catalogueSource));
  return hash.digest("hex").slice(0, 16);
}

/** In an order that every machine has; a file is itself. */
function filesIn(place: string): string[] {
  if (/\.\w+$/.test(place)) return [place];
  const entries = readdirSync(join(ROOT, place), { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length)).sort();
}
