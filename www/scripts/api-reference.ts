/** The API reference as Markdown: every exported declaration of src/api and src/public with its documentation comments. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseSync } from "vite";

const SOURCES = fileURLToPath(new URL("../src/", import.meta.url));

/** In the order in which a reader meets them. */
export const FILES = ["api/vggscope", "public/types", "api/element", "public/errors"];

/** A node of the syntax tree, as far as it is looked at here. */
interface Node {
  type: string;
  start: number;
  end: number;
  [property: string]: unknown;
}

interface Source {
  text: string;
  comments: readonly { type: string; value: string; start: number; end: number }[];
}

const KINDS: Readonly<Record<string, string>> = {
  ClassDeclaration: "class",
  TSInterfaceDeclaration: "interface",
  TSTypeAliasDeclaration: "type",
};

/** Fails where something public has no documentation. */
export function apiReference(): string {
  const sections = FILES.flatMap((file) => sectionsOf(`${SOURCES}${file}.ts`));
  const contents = sections.map(({ name, kind }) => `- [${name}](#${anchor(name)}), ${kind}`);
  return [INTRODUCTION, contents.join("\n"), ...sections.map(({ text }) => text)].join("\n\n");
}

const INTRODUCTION = `# API reference

Everything that \`vggscope.js\` exports, and the types that \`vggscope.d.ts\` declares. [Embedding](embedding.html) shows it in use.`;

function sectionsOf(file: string) {
  const text = readFileSync(file, "utf8");
  const { program, comments } = parseSync(file, text);
  const source = { text, comments };
  return (program.body as unknown as Node[]).flatMap((statement) => {
    const declared = statement.declaration as Node | null | undefined;
    const kind = declared && KINDS[declared.type];
    if (statement.type !== "ExportNamedDeclaration" || !declared || !kind) return [];
    const name = (declared.id as { name: string }).name;
    return [{ name, kind, text: section(source, statement, declared, name) }];
  });
}

function section(source: Source, statement: Node, declared: Node, name: string): string {
  const heading = `## ${name}\n\n${documentation(source, statement, name)}`;
  const body = declared.body as Node | undefined;
  if (!body) return `${heading}\n\n${code(source.text.slice(declared.start, declared.end))}`;
  const members = (body.body as Node[]).filter((member) => isPublic(member, source));
  const extended = /\b(?:extends|implements) [^{]+/.exec(source.text.slice(declared.start, body.start))?.[0];
  const bases = extended ? `\n\n\`${extended.trim()}\`` : "";
  return [heading + bases, ...members.map((member) => described(source, member))].join("\n\n");
}

function isPublic(member: Node, { text }: Source): boolean {
  const key = member.key as Node | undefined;
  if (key?.type === "PrivateIdentifier" || member.accessibility === "private") return false;
  const isImplementation =
    member.type === "MethodDefinition" && text.slice(member.start, member.end).includes("AnyAscendOptions");
  // An event target's own method, narrowed.
  return !isImplementation && key?.name !== "addEventListener";
}

/** A member: its signature, then what is said of it. */
function described(source: Source, member: Node): string {
  const signature = code(signatureOf(source.text, member));
  const comment = documentationOf(source, member);
  return comment === undefined ? signature : `${signature}\n\n${comment}`;
}

/** Without what the method does. */
function signatureOf(text: string, member: Node): string {
  const body = (member.value as { body?: Node } | null | undefined)?.body;
  return text.slice(member.start, body?.start ?? member.end).trim();
}

/** Without the indentation that its lines have in their file. */
function code(text: string): string {
  const plain = text.replace(/^declare /, "").replace(/;$/, "");
  return `\`\`\`ts\n${plain.replaceAll(/\n {2}/g, "\n")}\n\`\`\``;
}

function documentation(source: Source, node: Node, name: string): string {
  const found = documentationOf(source, node);
  if (found === undefined) throw new Error(`${name} is public and has no documentation comment.`);
  return found;
}

/** The text of the comment right before a node. */
function documentationOf({ text, comments }: Source, { start }: Node): string | undefined {
  const comment = comments.findLast(
    ({ type, value, end }) =>
      type === "Block" && value.startsWith("*") && end <= start && text.slice(end, start).trim() === "",
  );
  return (
    comment &&
    linked(
      comment.value
        .slice(1)
        .replaceAll(/^[ \t]*\* ?/gm, "")
        .trim(),
    )
  );
}

function linked(text: string): string {
  return text.replaceAll(/\{@link (\w+)(\.\w+)?\}/g, (_all, name: string, member = "") => {
    return `[${name}${member}](#${anchor(name)})`;
  });
}

function anchor(name: string): string {
  return name.toLowerCase();
}
