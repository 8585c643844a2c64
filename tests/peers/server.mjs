// Serves the built site, the bench's pages and TensorFlow.js on a free port of this machine.

import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const FOLDERS = [
  ["/peers/", join(here, "pages")],
  ["/tfjs/", join(here, "node_modules/@tensorflow")],
  ["/", join(here, "../../www/dist")],
];
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** Resolves once it listens, to its origin and a `close` function. */
export async function serve() {
  const server = createServer((request, response) => {
    const file = locate(new URL(request.url, "http://localhost").pathname);
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

function locate(path) {
  const [prefix, folder] = FOLDERS.find(([prefix]) => path.startsWith(prefix));
  return join(folder, normalize(`/${path.slice(prefix.length)}`));
}
