// Serves the built site, the bench's pages and TensorFlow.js on a free port of this machine, as README.md tells a host to:
// compressed, and what has a hash in its name cached for ever.

import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = fileURLToPath(new URL(".", import.meta.url));
export const SITE = join(here, "../../www/dist");
const FOLDERS = [
  ["/peers/", join(here, "pages")],
  ["/tfjs/", join(here, "node_modules/@tensorflow")],
  ["/", SITE],
];
const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
};
/** TensorFlow.js's files have their version in the addresses of the hosts that it names in its documentation. */
const FOR_EVER = /^\/(assets|tfjs)\/|-[0-9a-f]{8}\.safetensors$/;

/** Resolves once it listens, to its port and a `close` function. */
export async function serve() {
  const bodies = new Map();
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    const file = locate(path.endsWith("/") ? `${path}index.html` : path);
    const entry = statSync(file, { throwIfNoEntry: false });
    if (!entry?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    const etag = `"${entry.size}-${entry.mtimeMs}"`;
    const headers = {
      etag,
      "cache-control": FOR_EVER.test(path) ? "max-age=31536000, immutable" : "no-cache",
    };
    if (request.headers["if-none-match"] === etag) {
      response.writeHead(304, headers).end();
      return;
    }
    // Compressing takes longer than sending: once a file.
    if (!bodies.has(file)) bodies.set(file, bodyOf(file));
    const { content, described } = bodies.get(file);
    response.writeHead(200, { ...headers, ...described, "content-length": content.length }).end(content);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: server.address().port, close: () => server.close() };
}

function bodyOf(file) {
  const plain = readFileSync(file);
  const type = TYPES[extname(file)];
  if (!type) return { content: plain, described: { "content-type": "application/octet-stream" } };
  return {
    content: gzipSync(plain, { level: 9 }),
    described: { "content-type": type, "content-encoding": "gzip" },
  };
}

function locate(path) {
  const [prefix, folder] = FOLDERS.find(([prefix]) => path.startsWith(prefix));
  return join(folder, normalize(`/${path.slice(prefix.length)}`));
}
