/**
 * Lets the pages that climb ask for everything at once: the scripts that their script imports, and ahead of them a small one that
 * asks for the wasm. Without it, each of these is asked for when what comes before it has run.
 */
import type { HtmlTagDescriptor, Plugin, Rolldown } from "vite";

/** The input that asks for the wasm. */
const EARLY = "early";
const PAGES = ["/index.html", "/embed.html"];

export function headStart(): Plugin {
  return {
    name: "head-start",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { path, bundle, chunk }) =>
        bundle && chunk && PAGES.includes(path) ? tags(bundle, chunk) : [],
    },
  };
}

function tags(bundle: Rolldown.OutputBundle, entry: Rolldown.OutputChunk): HtmlTagDescriptor[] {
  const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
  const early = chunks.find(({ isEntry, name }) => isEntry && name === EARLY);
  if (!early) throw new Error(`the site has no script named ${EARLY}`);
  const attributes = { type: "module", async: true, src: `./${early.fileName}` };
  const imported = importsOf(bundle, [...early.imports, ...entry.imports]).map((file) => ({
    tag: "link",
    attrs: { rel: "modulepreload", href: `./${file}` },
    injectTo: "head" as const,
  }));
  return [{ tag: "script", attrs: attributes, injectTo: "head-prepend" }, ...imported];
}

/** Everything that these scripts bring with them, each once. */
function importsOf(bundle: Rolldown.OutputBundle, scripts: readonly string[]): string[] {
  const found = new Set<string>();
  const visit = (file: string) => {
    const chunk = bundle[file];
    if (found.has(file) || chunk?.type !== "chunk") return;
    found.add(file);
    chunk.imports.forEach(visit);
  };
  scripts.forEach(visit);
  return [...found];
}
