/** Hubs show a file, or a folder, on a page of its own; its bytes are elsewhere. */

interface Hub {
  host: RegExp;
  /** Of the page: repository, what it shows, and the revision with the path, which the repository's own page lacks. */
  page: RegExp;
  bytes(repository: string, path: string | undefined): string;
}

const HUBS: readonly Hub[] = [
  {
    host: /^(?:www\.)?(?:huggingface\.co|hf\.co)$/,
    page: /^\/((?:(?:datasets|spaces)\/)?[^/]+\/[^/]+)(?:\/(blob|tree|raw)\/(.+?))?\/?$/,
    bytes: (repository, path = "main") => `https://huggingface.co/${repository}/resolve/${path}`,
  },
  {
    host: /^(?:www\.)?github\.com$/,
    page: /^\/([^/]+\/[^/]+?)(?:\.git)?(?:\/(blob|tree|raw)\/(.+?))?\/?$/,
    bytes: (repository, path = "HEAD") => `https://raw.githubusercontent.com/${repository}/${path}`,
  },
  {
    host: /^gitlab\.com$/,
    page: /^\/(.+?)\/-\/(blob|tree)\/(.+?)\/?$/,
    bytes: (repository, path = "HEAD") => `https://gitlab.com/${repository}/-/raw/${path}`,
  },
];

/** The address of the bytes behind a hub's page; any other address as it is. */
export function behindHubPage(address: URL): URL {
  for (const { host, page, bytes } of HUBS) {
    const [shown, repository, what, path] =
      (host.test(address.hostname) && page.exec(address.pathname)) || [];
    if (shown === undefined || repository === undefined) continue;
    const isFile = what === "blob" || what === "raw";
    return new URL(bytes(repository, path) + (isFile ? "" : "/"));
  }
  return address;
}
