/** Fills `{{name}}` in the site's own pages with the words of src/words/html.ts. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import * as words from "../src/words/html.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The others are documents with texts of their own. */
const PAGES = ["/index.html", "/embed.html"];
const PLACE = /\{\{(\w+)\}\}/g;
const WORDS: ReadonlyMap<string, string> = new Map(Object.entries(words));

export function wordsInPages(): Plugin {
  return {
    name: "words-in-pages",
    buildStart: refuseUnused,
    transformIndexHtml: {
      order: "pre",
      handler: (html, { path }) => (PAGES.includes(path) ? filled(html, path) : html),
    },
  };
}

function filled(html: string, path: string): string {
  return html.replaceAll(PLACE, (place, name: string) => {
    const text = WORDS.get(name);
    if (text === undefined) throw new Error(`${path}: src/words/html.ts has no text for ${place}.`);
    return text;
  });
}

function refuseUnused(): void {
  const pages = PAGES.map((page) => readFileSync(`${ROOT}${page}`, "utf8")).join("");
  const used = new Set(Array.from(pages.matchAll(PLACE), ([, name]) => name));
  const unused = [...WORDS.keys()].filter((name) => !used.has(name));
  if (unused.length > 0)
    throw new Error(`src/words/html.ts: neither index.html nor embed.html uses ${unused.join(", ")}.`);
}
