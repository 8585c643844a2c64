/** Starts the site's workers wherever the page stands: on the site, on another one, in a sandboxed frame, on disk. */
import { VggscopeError } from "../public/errors";
import * as words from "../words/errors";
import { scriptAddress } from "./trusted";

/** Throws `engine-unavailable` where the page's policy allows no worker of ours. */
export function spawn(url: URL): Worker {
  try {
    // The document's own origin: a sandboxed frame has none, whatever its address says.
    return url.origin === self.origin
      ? new Worker(scriptAddress(url.href), { type: "module" })
      : fromAfar(url);
  } catch (cause) {
    throw new VggscopeError("engine-unavailable", words.workerRefused(cause), { cause });
  }
}

/**
 * Workers must come from the page's own origin; from elsewhere, a local one imports the real one. It is a classic worker
 * because Chromium starts no module from a blob in a page of opaque origin.
 */
function fromAfar(url: URL): Worker {
  const address = URL.createObjectURL(new Blob([importing(url.href)], { type: "text/javascript" }));
  const worker = new Worker(scriptAddress(address));
  // Its first word says that the browser has read it.
  const forget = () => URL.revokeObjectURL(address);
  for (const kind of ["message", "error"]) worker.addEventListener(kind, forget, { once: true });
  return worker;
}

function importing(address: string): string {
  return `(${importLater})(${JSON.stringify(address)});`;
}

/** Runs in the worker, so it stands alone. What is said before the real one listens is said to it again. */
function importLater(address: string): void {
  const early: unknown[] = [];
  const keep = ({ data }: MessageEvent<unknown>) => early.push(data);
  addEventListener("message", keep);
  import(/* @vite-ignore */ address).then(
    () => {
      removeEventListener("message", keep);
      for (const data of early) dispatchEvent(new MessageEvent("message", { data }));
    },
    (error: unknown) =>
      setTimeout(() => {
        throw error;
      }),
  );
}
