/**
 * Asks for the wasm before the page's own scripts have come: it is the largest part of what a first picture takes. Which one is
 * decided as the engine will decide it. If the two disagree, or nothing can compute, a download was in vain.
 */
import { chooseBackend } from "../engine/backend";
import { wasmAddress } from "../engine/wasm-address";

const asked = new URLSearchParams(location.hash.slice(1)).get("backend");

chooseBackend(asked === "cpu" || asked === "webgpu" ? asked : "auto", navigator.gpu).then(
  ({ backend }) => preload(wasmAddress(backend)),
  // The engine says why.
  () => undefined,
);

function preload({ href }: URL): void {
  const link = document.createElement("link");
  document.head.append(Object.assign(link, { rel: "preload", as: "fetch", crossOrigin: "anonymous", href }));
}
