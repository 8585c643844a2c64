/** Pages of somebody else's site, as a test writes them. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Contents } from "./host/contents";
import type { Mount } from "./mounts";

const POSTER = fileURLToPath(new URL("../../../www/public/icons/icon-180.png", import.meta.url));

export class TheirPages implements Mount {
  readonly prefix = "/their/";
  readonly #pages = new Map<string, string>();

  /** A page with this in its body; answers with its address within the site. */
  write(body: string, head = ""): string {
    const name = `page-${this.#pages.size}.html`;
    const icon = '<link rel="icon" href="data:,">';
    const viewport = '<meta name="viewport" content="width=device-width, initial-scale=1">';
    return this.put(
      name,
      `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Notes</title>${icon}${viewport}${head}</head><body>${body}</body></html>`,
    );
  }

  /** A file as it is. */
  put(name: string, text: string): string {
    this.#pages.set(name, text);
    return this.prefix + name;
  }

  readonly read = async (path: string): Promise<Contents | undefined> => {
    if (path === "poster.png") return readFile(POSTER);
    const page = this.#pages.get(path);
    return page === undefined ? undefined : Buffer.from(page);
  };
}

/** Attributes of a grid that is computed in a moment. */
export const QUICK = 'backend="cpu" layer="block1_conv2" width="24" height="24" iterations="3"';
