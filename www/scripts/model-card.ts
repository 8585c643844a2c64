/** The model card as a page of the site: crate/training/MODEL_CARD.md, rendered when the site is built. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Marked } from "marked";
import type { Plugin } from "vite";

const SOURCE = fileURLToPath(new URL("../../crate/training/MODEL_CARD.md", import.meta.url));
const PLACE = "<!-- model card -->";
/** Where the card, in its own folder, finds what the site serves at its root. */
const FROM_REPOSITORY = "../../www/public/";

export function modelCard(): Plugin {
  return {
    name: "model-card",
    transformIndexHtml: (html) =>
      html.includes(PLACE) ? html.replace(PLACE, () => render(readFileSync(SOURCE, "utf8"))) : html,
  };
}

function render(card: string): string {
  const html = new Marked({ gfm: true, async: false }).parse(card) as string;
  return html
    .replaceAll(`src="${FROM_REPOSITORY}`, 'loading="lazy" src="./')
    .replaceAll("<table>", '<div class="wide" role="region" aria-label="Table" tabindex="0"><table>')
    .replaceAll("</table>", "</table></div>");
}
