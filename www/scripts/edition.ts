/** Tells the service worker which files the site consists of, once the build knows them. */
import { createHash } from "node:crypto";
import type { Plugin } from "vite";

const WORKER = "service-worker.js";
const MARKER = "__EDITION__";

/** What no visitor of the page needs: what other pages name, and what is kept only where it runs. */
const LEFT_OUT = [WORKER, "vggscope.js", "vggscope-frame.js", "embed.html"];
const KEPT = /\.(?:html|css|js)$/;

export function edition(): Plugin {
  return {
    name: "edition",
    // Pages are made last.
    enforce: "post",
    generateBundle(_options, bundle) {
      const worker = bundle[WORKER];
      if (worker?.type !== "chunk") return;
      const kept = Object.values(bundle).filter(
        ({ fileName }) =>
          KEPT.test(fileName) &&
          !LEFT_OUT.includes(fileName) &&
          !/\/embed(?:-[\w-]{8}\.|ded-)/.test(fileName),
      );
      const files = kept.map(({ fileName }) => fileName).sort();
      const hash = createHash("sha256");
      for (const file of kept)
        hash.update(file.fileName).update(file.type === "chunk" ? file.code : file.source);
      const found = { version: hash.digest("hex").slice(0, 16), files };
      worker.code = worker.code.replaceAll(MARKER, JSON.stringify(found));
    },
  };
}
