/** Where a site's files come from. */
import { readFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { transformWithOxc } from "vite";
import { type Convolution, generate, type Recipe, weightFolder } from "./generated-weights";
import type { Contents } from "./host/contents";

/** Files under a prefix that ends in "/"; `read` is given the rest of the path. */
export interface Mount {
  prefix: string;
  read(path: string): Promise<Contents | undefined>;
}

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** What `cargo xtask build` made, or a folder of it. */
export function builtSite(prefix = "/", folder = ""): Mount {
  return { prefix, read: (path) => readIfThere(join("www/dist", folder), path) };
}

/** A folder of `tests/reference`. */
export function reference(prefix: string, folder: string): Mount {
  return { prefix, read: (path) => readIfThere(`tests/reference/${folder}`, path) };
}

/** The same files under every name: `prefix`, any name, "/", the file. */
export function underEveryName({ prefix, read }: Mount): Mount {
  return { prefix, read: (path) => read(path.slice(path.indexOf("/") + 1)) };
}

declare global {
  /** What was thrown in a page of a watched mount and not caught. */
  var seenErrors: string[];
}

const WATCH = `<script>
  globalThis.seenErrors = [];
  addEventListener("error", ({ message }) => seenErrors.push(message));
  addEventListener("unhandledrejection", ({ reason }) => seenErrors.push(String(reason)));
</script>`;

/** The same files, and every page among them notes what is thrown in it, for browsers whose drivers do not tell. */
export function watched({ prefix, read }: Mount): Mount {
  return {
    prefix,
    read: async (path) => {
      const file = await read(path);
      if (!file || !path.endsWith(".html")) return file;
      const page = Buffer.from(file.subarray(0, file.length)).toString();
      return Buffer.from(page.replace(/<head>/, `<head>${WATCH}`));
    },
  };
}

/** One file, whatever it is called. */
export function always(prefix: string, make: () => Contents): Mount {
  let contents: Contents | undefined;
  return {
    prefix,
    read: async () => {
      contents ??= make();
      return contents;
    },
  };
}

/** The pages of these tests, their TypeScript made JavaScript on the way. */
export function testPages(prefix = "/pages/"): Mount {
  return { prefix, read: readPage };
}

/** Weights from a seed, made when first asked for. */
export function generated(prefix: string, recipe: Recipe, dtype: "F32" | "F16"): Mount {
  return folder(prefix, () => generate(recipe), dtype);
}

/** A folder of these weights, made when first asked for. */
export function folder(prefix: string, make: () => Convolution[], dtype: "F32" | "F16" = "F32"): Mount {
  let files: ReturnType<typeof weightFolder> | undefined;
  return {
    prefix,
    read: async (path) => {
      files ??= weightFolder(make(), dtype);
      return files.get(path);
    },
  };
}

async function readPage(path: string): Promise<Buffer | undefined> {
  const file = await readIfThere("tests/browser/pages", path);
  if (!file || !path.endsWith(".ts")) return file;
  const { code } = await transformWithOxc(file.toString(), path);
  return Buffer.from(code);
}

async function readIfThere(folder: string, path: string): Promise<Buffer | undefined> {
  try {
    // A normalised path from the root cannot climb out of the folder.
    return await readFile(join(root, folder, normalize(`/${decodeURIComponent(path)}`)));
  } catch {
    return undefined;
  }
}
