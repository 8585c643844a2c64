/** What people read stands in src/words/, so that a translation is a translated copy of that folder. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseSync } from "vite";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
/** The folder itself; what a compiler wrote; and files whose texts are programs in other languages. */
const ELSEWHERE = /^(?:words|wasm)\/|^page\/code\/(?:r|keras|pytorch|python|program)\.ts$/;
/** Stands for each value in a text, and counts as a word. */
const VALUE = "…";

/** Texts that look like words for people and are none: file, text, and why. */
const ALLOWED: readonly (readonly [file: string, text: string, why: string])[] = [
  ["dom/keys.ts", "button, summary", "a selector"],
  ...["Home", "End", "Enter", "Tab", "Escape"].map((key) => ["dom/keys.ts", key, "a key"] as const),
  ["explorer/tile-view.ts", "Escape", "a key"],
  ["page/models/radios.ts", "Arrow", "the beginning of keys"],
  ["page/models/radios.ts", "Enter", "a key"],
  ["element/poster.ts", "img, picture, svg, canvas, video", "a selector"],
  ["engine/worker/settings-history.ts", "settings begin with a period", "only a bug here"],
  ["offline/service-worker.ts", "…: HTTP status …", "fails an installation that nobody watches"],
  ["offline/site-cache.ts", "not ours", "a kind of request"],
  ["dom/dom.ts", "index.html lacks #…", "only a bug here"],
  ["page/open-own.ts", "Files", "a kind of what is dragged"],
  ["page/embed/snippets.ts", '{{< vggscope site="…" … >}}\n', "a shortcode of Quarto"],
  ["page/export/csv.ts", "Inf", "a number as other programs read it"],
];

interface Node {
  type: string;
  start: number;
  [property: string]: unknown;
}

interface Found {
  line: number;
  text: string;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

/** Two words in a row, one of them in small letters, or one word that begins as a label does. */
function looksLikeWords(text: string): boolean {
  const plain = withoutMarkup(text);
  const inARow = /[\p{L}…][,.;:)”’]* [“(]?[\p{L}…]/u.test(plain);
  const small = /(?<![\p{L}\d_-])\p{Ll}{3,}(?![\p{L}\d_-])/u.test(plain);
  return (inARow && small) || /^\p{Lu}\p{Ll}+[….:]?$/u.test(plain);
}

/** Tags go, except for those of their attributes that are read. */
function withoutMarkup(text: string): string {
  return text
    .replaceAll(/ (?!(?:title|alt|aria-label|placeholder)=)[\w:-]+="[^"]*"/g, "")
    .replaceAll(/<\/?[a-z][\w-]*|\/?>/g, "");
}

/** A media feature; class names and selectors, by where they stand. */
function isForTheBrowser(text: string, path: readonly Node[]): boolean {
  if (/^\([a-z-]+: [a-z-]+\)$/.test(text)) return true;
  const [parent, above] = [path.at(-1), path.at(-2)];
  const nameOf = (node: unknown) =>
    isNode(node) ? (node.name ?? (node.property as Node | undefined)?.name) : undefined;
  const called = [parent, above].find((node) => node?.type === "CallExpression");
  const method = String(nameOf(called?.callee));
  if (/^(?:querySelector(?:All)?|closest|matches|matchMedia)$/.test(method)) return true;
  return parent?.type === "Property" && nameOf(parent.key) === "className";
}

/** Types, and what modules are called. */
function isPassedOver({ type }: Node): boolean {
  return /^TS(?!.*(?:Expression|Assertion)$)|^Import|^ExportAll/.test(type);
}

function textOf(node: Node): string | undefined {
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type !== "TemplateLiteral") return undefined;
  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join(VALUE);
}

/** Every node with those it is in. */
function* nodesOf(value: unknown, path: readonly Node[]): Generator<[node: Node, path: readonly Node[]]> {
  if (Array.isArray(value)) for (const one of value) yield* nodesOf(one, path);
  if (!isNode(value) || isPassedOver(value)) return;
  yield [value, path];
  for (const part of Object.values(value)) yield* nodesOf(part, [...path, value]);
}

function wordsIn(source: string): Found[] {
  return Array.from(nodesOf(parseSync("source.ts", source).program, [])).flatMap(([node, path]) => {
    const text = textOf(node);
    if (text === undefined || !looksLikeWords(text) || isForTheBrowser(text, path)) return [];
    return [{ line: source.slice(0, node.start).split("\n").length, text }];
  });
}

test("sentences and labels are told from what programs consist of", () => {
  const words = [
    'say("Try again");',
    `say(\`Saved \${name} at once\`);`,
    'say("Cancel");',
    `write(\`\${count} channels\`);`,
    'const hint = "Needs keras and numpy.";',
    'const icon = `<svg aria-label="Go there"><path d="M0 0 h1" /></svg>`;',
  ];
  const others = [
    'import { a } from "./some where";',
    'type Kind = "not ours" | "Cancel";',
    '// say("Try again");',
    'make("p", { className: "hint wide" });',
    'root.querySelector("ul li");',
    'const queries = ["(forced-colors: active)"];',
    `const icon = \`<svg viewBox="0 0 16 16"><path d="\${path}" /></svg>\`;`,
    'const key = "ArrowLeft";',
  ];
  expect(wordsIn(words.join("\n")).map(({ line }) => line)).toEqual(words.map((_, index) => index + 1));
  expect(wordsIn(others.join("\n"))).toEqual([]);
});

test("programs take the words for people from src/words/", () => {
  const files = readdirSync(`${ROOT}src`, { recursive: true, encoding: "utf8" })
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => /(?<!\.d)\.ts$/.test(file) && !ELSEWHERE.test(file));
  expect(files.length).toBeGreaterThan(100);
  const unused = new Set(ALLOWED.map(([file, text]) => `${file}: ${text}`));
  const named = files.sort().flatMap((file) =>
    wordsIn(readFileSync(`${ROOT}src/${file}`, "utf8")).flatMap(({ line, text }) => {
      const known = ALLOWED.some(([allowedFile, allowed]) => allowedFile === file && allowed === text);
      unused.delete(`${file}: ${text}`);
      return known ? [] : [`src/${file}:${line}: ${text}`];
    }),
  );
  expect(named).toEqual([]);
  expect([...unused], "allowed, and found no more").toEqual([]);
});

test.each(["index.html", "embed.html"])("%s has places for words and no words, but for its name", (page) => {
  const html = readFileSync(`${ROOT}${page}`, "utf8");
  const between = Array.from(html.matchAll(/>([^<]+)</g), ([, text = ""]) => text.trim());
  const attributes = Array.from(
    html.matchAll(/\b(?:aria-label|title|alt|placeholder)="([^"]*)"|name="description" content="([^"]*)"/g),
    ([, label, description]) => label ?? description ?? "",
  );
  const texts = [...between, ...attributes].filter((text) => text !== "");
  expect(texts.filter((text) => !/^\{\{\w+\}\}$/.test(text) && text !== "vggscope")).toEqual([]);
  expect(texts.some((text) => text.startsWith("{{"))).toBe(true);
});
