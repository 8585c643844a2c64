/** The documentation as pages of the site: docs/NAME.md, rendered into docs/NAME.html when the site is built. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Marked } from "marked";
import type { Plugin } from "vite";
import { apiReference } from "./api-reference.ts";

const FOLDER = fileURLToPath(new URL("../docs/", import.meta.url));

/** In the order of the navigation. */
const PAGES = [
  { name: "teachers", title: "For teachers" },
  { name: "models", title: "Which VGG16?" },
  { name: "embedding", title: "Embedding" },
  { name: "hosting", title: "Hosting" },
  { name: "api", title: "API reference" },
] as const;

export const DOC_PAGES = Object.fromEntries(PAGES.map(({ name }) => [`docs-${name}`, `docs/${name}.html`]));

/** Fills `<!-- doc NAME -->` in the pages' shells. */
export function docs(): Plugin {
  return {
    name: "docs",
    transformIndexHtml: {
      order: "pre",
      handler: (html) =>
        html.replace(/<!-- doc (\w+) -->/, (_place, name: string) => navigation(name) + article(name)),
    },
  };
}

function article(name: string): string {
  const source = name === "api" ? apiReference() : readFileSync(`${FOLDER}${name}.md`, "utf8");
  return `<main class="doc">${rendered(source)}</main>`;
}

function navigation(current: string): string {
  const links = PAGES.map(({ name, title }) => {
    const here = name === current ? ' aria-current="page"' : "";
    return `<li><a href="./${name}.html"${here}>${title}</a></li>`;
  });
  return `<nav class="doc-nav" aria-label="Documentation"><ul>${links.join("")}</ul></nav>`;
}

/** Headings can be linked to; what may be wider than a phone scrolls by itself, and is reached by Tab for that. */
function rendered(markdown: string): string {
  const html = new Marked({ gfm: true, async: false }).parse(markdown) as string;
  let under = "";
  const taken = new Map<string, number>();
  return html
    .replaceAll(/<h([1-4])>(.*?)<\/h\1>|<table>/g, (found, level: string | undefined, words: string) => {
      if (level === undefined)
        return `<div class="wide" role="region" aria-label="${tableName(under, taken)}" tabindex="0">${found}`;
      under = words.replaceAll(/<[^>]+>/g, "");
      return `<h${level} id="${slug(words)}">${words}</h${level}>`;
    })
    .replaceAll("</table>", "</table></div>")
    .replaceAll("<pre>", '<pre tabindex="0">');
}

/** Each region of a page has a name of its own: that of the heading above. */
function tableName(under: string, taken: Map<string, number>): string {
  const count = (taken.get(under) ?? 0) + 1;
  taken.set(under, count);
  return count === 1 ? `Table: ${under}` : `Table ${count}: ${under}`;
}

function slug(heading: string): string {
  const words = heading.replaceAll(/<[^>]+>|&[a-z#0-9]+;/g, "").toLowerCase();
  return words.replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");
}
