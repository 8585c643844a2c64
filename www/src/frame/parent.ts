/** In a page with frames of vggscope, as a plain script: makes each as high as what is in it. */
import type { FrameHeight } from "./height";

/** No grid is higher; and no page that is not what it says it is can take more. */
const HIGHEST = 20_000;

/** In a function, because a plain script's names would be the page's. */
(() => {
  addEventListener("message", ({ source, origin, data }: MessageEvent<unknown>) => {
    const frames = document.querySelectorAll<HTMLIFrameElement>("iframe.vggscope");
    const frame = [...frames].find(({ contentWindow }) => contentWindow !== null && contentWindow === source);
    if (!frame || originOf(frame) !== origin || !isHeight(data)) return;
    frame.style.height = `${Math.min(HIGHEST, Math.ceil(data.height))}px`;
  });

  /** In a sandbox without its own origin a page has none. */
  function originOf({ src, sandbox }: HTMLIFrameElement): string {
    const opaque = sandbox.length > 0 && !sandbox.contains("allow-same-origin");
    return opaque ? "null" : new URL(src).origin;
  }

  function isHeight(data: unknown): data is FrameHeight {
    if (typeof data !== "object" || data === null) return false;
    const { type, height } = data as Partial<FrameHeight>;
    return type === "vggscope-height" && typeof height === "number" && height > 0 && Number.isFinite(height);
  }
})();
