/**
 * The catalogue of models as the build needs it: its default is written into the scripts, so that nobody's first picture waits
 * for it, and what is wrong with it ends the build. `VGGSCOPE_MODELS` names a file that takes the place of public/models.json.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import type { OpenedEntry } from "../src/engine/catalogue/default-model.ts";
import { CATALOGUE_FILE, type Catalogue, type CatalogueEntry } from "../src/engine/catalogue/entry.ts";
import { readCatalogue } from "../src/engine/catalogue/read.ts";

const OURS = fileURLToPath(new URL(`../public/${CATALOGUE_FILE}`, import.meta.url));
/** Relative addresses in it count from the site, wherever that will lie. */
const BASE = "https://site.invalid/";

export const catalogueSource = process.env.VGGSCOPE_MODELS ?? OURS;

export function catalogue(): Plugin {
  const source = readFileSync(catalogueSource, "utf8");
  const shipped = read(OURS, readFileSync(OURS, "utf8")).models.filter(isShipped);
  const define = {
    __DEFAULT_MODEL__: JSON.stringify(openedEntry(read(catalogueSource, source))),
    __SHIPPED_MODELS__: JSON.stringify(shipped),
  };
  return {
    name: "catalogue",
    config: () => ({ define }),
    generateBundle() {
      // Ours is among the public files.
      if (catalogueSource !== OURS) this.emitFile({ type: "asset", fileName: CATALOGUE_FILE, source });
    },
  };
}

function read(file: string, content: string): Catalogue {
  const found = readCatalogue(content, BASE);
  if (found.problems.length > 0) throw new Error(`${file}: ${found.problems.join(" ")}`);
  return found;
}

function openedEntry({ models, initial }: Catalogue): OpenedEntry {
  const entry = models.find(({ id }) => id === initial);
  if (!entry) throw new Error(`${catalogueSource} has no default`);
  const { id, name, note, licence, preprocessing, sources, sha256 } = entry;
  return { id, name, note, licence, preprocessing, sources, ...(sha256 && { sha256 }) };
}

function isShipped({ sources }: CatalogueEntry): boolean {
  return sources.every((source) => new URL(source, BASE).href.startsWith(BASE));
}
