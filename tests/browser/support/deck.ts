/** A slide deck of reveal.js with an element on its second slide of four, as its reader handles it in either browser. */
import { readFile } from "node:fs/promises";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mount } from "./mounts";
import type { TheirPages } from "./their-pages";

const DIST = fileURLToPath(new URL("../../../www/node_modules/reveal.js/dist/", import.meta.url));
const STYLES = ["reset", "reveal", "theme/white"];

/** reveal.js as its package has it. */
export const REVEAL: Mount = {
  prefix: "/reveal/",
  read: (path) => readFile(join(DIST, normalize(`/${path}`))).catch(() => undefined),
};

/** What a test asks a page of Chromium or Firefox to do. */
export interface Reader {
  keyboard: { press(key: string): Promise<void> };
  evaluate<T>(ask: () => T): Promise<T>;
  evaluate<T, A>(ask: (about: A) => T, about: A): Promise<T>;
}

declare global {
  /** The deck, once it stands at its second slide. */
  var deck: {
    slide(to: number): void;
    getIndices(): { h: number };
    isOverview(): boolean;
    isPaused(): boolean;
  };
}

/** Writes a deck with this on its second slide; answers with its address within the site. */
export function writeDeck(pages: TheirPages, slide: string, style = ""): string {
  const links = STYLES.map((name) => `<link rel="stylesheet" href="/reveal/${name}.css">`);
  const script = `
    import Reveal from "/reveal/reveal.mjs";
    await Reveal.initialize({ transition: "none", mouseWheel: true });
    Reveal.slide(1);
    globalThis.deck = Reveal;`;
  return pages.write(
    `<div class="reveal"><div class="slides">
      <section><h2>One</h2></section>
      <section><h2>Two</h2>${slide}</section>
      <section><h2>Three</h2></section>
      <section><h2>Four</h2></section>
    </div></div><script type="module">${script}</script>`,
    `${links.join("")}<style>${style}</style>`,
  );
}

/** Where the deck and the element are. */
export interface Standing {
  slide: number;
  overview: boolean;
  paused: boolean;
  /** The element's state. */
  state: string | undefined;
  /** The channel whose picture has the focus. */
  focus: string | undefined;
  /** Whether the close view is open. */
  open: boolean;
  /** The player's words. */
  place: string | undefined;
}

export function standing(reader: Reader): Promise<Standing> {
  return reader.evaluate(() => {
    const element = document.querySelector<HTMLElement>("vgg-scope");
    const inside = element?.querySelector(".vgg-explorer")?.shadowRoot;
    return {
      slide: globalThis.deck.getIndices().h,
      overview: globalThis.deck.isOverview(),
      paused: globalThis.deck.isPaused(),
      state: element?.dataset.state,
      focus: document.activeElement?.closest<HTMLElement>("[data-channel]")?.dataset.channel,
      open: inside?.querySelector("dialog")?.open ?? false,
      place: inside?.querySelector("output")?.textContent ?? undefined,
    };
  });
}

/** Gives the focus to what this finds, in the element or behind its boundary. */
export function focusOn(reader: Reader, selector: string): Promise<void> {
  return reader.evaluate((what) => {
    const element = document.querySelector("vgg-scope");
    const inside = element?.querySelector(".vgg-explorer")?.shadowRoot;
    const found = element?.querySelector<HTMLElement>(what) ?? inside?.querySelector<HTMLElement>(what);
    if (!found) throw new Error(`no ${what}`);
    found.focus();
  }, selector);
}
