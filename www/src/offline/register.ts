/** Keeps the site for visits without a network: its own page does, and never one that embeds the element or a frame. */
import type { ScopeElement } from "../element/vgg-scope";
import { browser } from "../engine/platform";
import { scriptAddress } from "../engine/trusted";
import type { Loaded } from "./news";

/** After the first pictures, so that it takes nothing from them. */
export function keepForOffline(scope: ScopeElement): void {
  if (import.meta.env.DEV || !("serviceWorker" in navigator) || window.top !== window) return;
  let done = false;
  scope.addEventListener("vggscope-state", ({ detail }) => {
    if (done || (detail !== "finished" && detail !== "stopped")) return;
    done = true;
    // A browser may forbid it, and a host may not serve it: the page works as it did without.
    register().catch(() => undefined);
  });
}

async function register(): Promise<void> {
  // Where nothing may be kept this rejects, while Firefox reports a refused service worker as an error of the page.
  await caches.keys();
  const { siteRoot } = browser;
  const script = scriptAddress(new URL("service-worker.js", siteRoot).href);
  await navigator.serviceWorker.register(script, { updateViaCache: "none" });
  const { active } = await navigator.serviceWorker.ready;
  const addresses = performance.getEntriesByType("resource").map(({ name }) => name);
  const news: Loaded = { type: "loaded", addresses };
  active?.postMessage(news);
}
