/** What of the site is kept for readers without a network, and which requests that answers. */

/** The site's files that every visitor may need, and a word that changes with any of them. */
export interface SiteFiles {
  version: string;
  files: readonly string[];
}

/** Relative to the site's root; the pages that others frame are not for keeping. */
const FRAMED = "embed.html";
/** Whoever hosts the site may change it at any time. */
const CATALOGUE = "models.json";

export class SiteCache {
  /** Ends in a slash. Other copies of the site on one origin have caches of their own. */
  readonly #root: string;
  readonly #site: SiteFiles;

  constructor(root: string, site: SiteFiles) {
    this.#root = root;
    this.#site = site;
  }

  /** The name of this version's cache. */
  get name(): string {
    return `${this.#prefix}${this.#site.version}`;
  }

  /** Whether a cache is an earlier version of this very site. */
  isOld(name: string): boolean {
    return name.startsWith(this.#prefix) && name !== this.name;
  }

  get addresses(): string[] {
    return this.#site.files.map((file) => this.#addressOf(file));
  }

  /** How a request is answered: a page and the catalogue from the network while there is one, a file with a hash in its name from here. */
  kindOf({ method, url, mode, destination }: Pick<Request, "method" | "url" | "mode" | "destination">) {
    const path = this.#pathOf(url);
    if (method !== "GET" || path === undefined || path === FRAMED) return "not ours";
    // A frame in somebody's page is theirs.
    if (mode === "navigate") return destination === "document" ? "page" : "not ours";
    if (path === CATALOGUE) return "catalogue";
    return path.startsWith("assets/") ? "file" : "not ours";
  }

  /** Whether this is a file of the site that a page loads, and that is of use without a network. */
  isOfUse(url: string): boolean {
    const path = this.#pathOf(url);
    return path === CATALOGUE || (path?.startsWith("assets/") ?? false);
  }

  /** The address under which a page is kept: without query and fragment, and the index by one name. */
  pageAddress(url: string): string {
    return this.#addressOf(this.#pathOf(url) ?? "");
  }

  get #prefix(): string {
    return `vggscope-site ${this.#root} `;
  }

  #addressOf(file: string): string {
    return this.#root + (file === "index.html" ? "" : file);
  }

  #pathOf(url: string): string | undefined {
    const { origin, pathname } = new URL(url);
    const address = origin + pathname;
    return address.startsWith(this.#root) ? address.slice(this.#root.length) : undefined;
  }
}
