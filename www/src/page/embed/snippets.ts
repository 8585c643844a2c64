/** What to put into another page so that it shows what is on screen here. */
import { writeFragment } from "../../settings/link";
import { initialSettings, type Settings, writeBriefly, writeSettings } from "../../settings/table";
import { writeView } from "../../settings/view";
import * as words from "../../words/embed";

export interface Embedding {
  settings: Settings;
  /** The iterate on screen; undefined: the newest. */
  iteration: number | undefined;
  /** What the reader of the other page may do: start and stop; scrub and look closely too; nothing. */
  controls: words.Controls;
  /** Where this site lies: the folder of vggscope.js. */
  site: string;
}

/** Settings that a snippet says even where they are the defaults: they are what it is about. */
const ALWAYS = ["layer", "channels"];

/** Columns of a grid in a page of common width, its gaps, and what stands around it, in pixels. */
const COLUMNS = 5;
const COLUMN = 140;
const AROUND = 120;

export const SNIPPETS: Readonly<Record<words.SnippetKind, (embedding: Embedding) => string>> = {
  element: (embedding) => `${script(embedding, "")}\n${element(embedding)}\n`,
  frame,
  quarto,
  // Pandoc, told to make one file of a page, would break a module that finds its engine beside itself.
  rmarkdown: (embedding) =>
    `\`\`\`{=html}\n${script(embedding, ' data-external="1"')}\n${element(embedding)}\n\`\`\`\n`,
};

function script({ site }: Embedding, more: string): string {
  return `<script type="module" src="${escaped(`${site}vggscope.js`)}"${more}></script>`;
}

function element(embedding: Embedding): string {
  const link = `<a href="${escaped(linkOf(embedding))}">${escaped(words.climbing(embedding.settings))}</a>`;
  return `<vgg-scope ${attributes(embedding)}>\n  ${link}\n</vgg-scope>`;
}

function frame(embedding: Embedding): string {
  const { controls, site, settings } = embedding;
  const address = `${site}embed.html?controls=${controls}${writeFragment(said(embedding))}`;
  const height = heightOf(settings);
  return (
    `<iframe class="vggscope" src="${escaped(address)}" title="${escaped(words.climbing(settings))}"\n` +
    `  loading="lazy" width="100%" height="${height}" style="border: 0"></iframe>\n` +
    `<script async src="${escaped(`${site}vggscope-frame.js`)}"></script>\n`
  );
}

function quarto(embedding: Embedding): string {
  return `{{< vggscope site="${embedding.site}" ${attributes(embedding, String)} >}}\n`;
}

/** What stands between quotes is written by `quoted`. */
function attributes(embedding: Embedding, quoted: (text: string) => string = escaped): string {
  const all = [...said(embedding), ["controls", embedding.controls] as const];
  return all.map(([key, text]) => `${key}="${quoted(text)}"`).join(" ");
}

/** What is to be said, as text by key: settings that differ from what is usual, those it is about, and the iterate. */
function said(embedding: Embedding): (readonly [string, string])[] {
  const settings = writeBriefly(absolute(embedding)).filter(
    ([key, text]) => ALWAYS.includes(key) || text !== USUAL.get(key),
  );
  return [...settings, ...writeView({ channel: undefined, iteration: embedding.iteration })];
}

const USUAL = writeSettings(initialSettings());

function linkOf(embedding: Embedding): string {
  return `${embedding.site}${writeFragment(said(embedding))}`;
}

/** The address of weights means the same from every page. */
function absolute({ settings, site }: Embedding): Settings {
  const { weights } = settings;
  return weights === undefined ? settings : { ...settings, weights: new URL(weights, site).href };
}

/** About what the frame takes until it has told its own height, and where the page does not let its script run. */
function heightOf({ channels, width, height }: Settings): number {
  const columns = Math.min(COLUMNS, channels.length);
  const rows = Math.ceil(channels.length / columns);
  return Math.round(rows * (COLUMN * (height / width) + 50) + AROUND);
}

function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&quot;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
