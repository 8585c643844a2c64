/** The site's page, or another one with a `<vgg-scope>`, as its reader sees it. */

import type { BrowserContext, Locator, Page } from "playwright-core";
import { expect, onTestFinished, vi } from "vitest";
import type { ScopeState } from "../../../www/src/vggscope";
import { openPage } from "./browser";
import type { Stage } from "./fixture";

/** What a tile shows. */
export interface TileFacts {
  channel: number;
  /** The caption's three parts as written. */
  words: { channel: string; iteration: string; activation: string };
  /** What is written over the picture, if anything. */
  note: string;
  /** Whether the picture has more than one colour. */
  drawn: boolean;
  width: number;
  height: number;
}

declare global {
  /** Every state that the element reported, oldest first. */
  var seenStates: ScopeState[];
}

/** A link to a climb that ends soon. */
export const TWO_TILES = {
  backend: "cpu",
  layer: "block1_conv2",
  channels: "0-1",
  width: "24",
  height: "24",
  iterations: "3",
};

export type PageOptions = Parameters<typeof openPage>[1] & { path?: string };

export class ScopePage {
  readonly page: Page;
  /** Uncaught errors. */
  readonly errors: readonly string[];
  /** How many states have been waited for or passed by. */
  #seen = 0;

  private constructor(page: Page, errors: readonly string[]) {
    this.page = page;
    this.errors = errors;
  }

  /** Opens the page with this link: settings by key. */
  static async open(
    stage: Stage,
    link: Readonly<Record<string, string>>,
    options: PageOptions = {},
  ): Promise<ScopePage> {
    const { path = "/", ...context } = options;
    const { page, errors } = await openPage(stage.browser, context);
    return ScopePage.#at(`${stage.site.origin}${path}#${new URLSearchParams(link)}`, page, errors);
  }

  /** Opens it for the rest of the test, which fails where something in the page was thrown and not caught. */
  static async visit(
    stage: Stage,
    link: Readonly<Record<string, string>>,
    options: PageOptions = {},
  ): Promise<ScopePage> {
    const page = await ScopePage.open(stage, link, options);
    onTestFinished(async () => {
      await page.close();
      expect(page.errors).toEqual([]);
    });
    return page;
  }

  /** A page of a visitor who is here already. */
  static async within(context: BrowserContext, address: string): Promise<ScopePage> {
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    return ScopePage.#at(address, page, errors);
  }

  /** Another tab of the same visitor, or a later visit: what the browser keeps is there. */
  async again(link: Readonly<Record<string, string>>, path = ""): Promise<ScopePage> {
    const address = new URL(path || this.page.url(), this.page.url());
    address.hash = String(new URLSearchParams(link));
    return ScopePage.within(this.page.context(), address.href);
  }

  static async #at(address: string, page: Page, errors: readonly string[]): Promise<ScopePage> {
    await page.addInitScript(() => {
      globalThis.seenStates = [];
      const note = (event: Event) => globalThis.seenStates.push((event as CustomEvent<ScopeState>).detail);
      // The event does not bubble.
      document.addEventListener("vggscope-state", note, true);
    });
    await page.goto(address);
    return new ScopePage(page, errors);
  }

  get context(): BrowserContext {
    return this.page.context();
  }

  /** Changes these settings in the link, as a reader does who edits the address. */
  link(changes: Readonly<Record<string, string>>): Promise<void> {
    return this.page.evaluate((changed) => {
      const link = new URLSearchParams(location.hash.slice(1));
      for (const [key, value] of Object.entries(changed)) link.set(key, value);
      location.hash = String(link);
    }, changes);
  }

  /** The line on weights: how far they are, and what holds them up. */
  weightsLine(): Promise<string> {
    return this.page
      .locator("#weights-line")
      .textContent()
      .then((line) => line ?? "");
  }

  /**
   * Waits for the element to come to this state, however briefly, after the state that was waited for last. Fails at
   * once when it comes to an error instead.
   */
  async reaches(state: ScopeState, timeout = 30_000): Promise<void> {
    const found = await this.page.waitForFunction(findState, { state, from: this.#seen }, { timeout });
    const { at, seen } = (await found.jsonValue()) || { at: this.#seen, seen: undefined };
    this.#seen = at + 1;
    if (seen !== state) throw new Error(`an error, not ${state}: ${JSON.stringify(await this.messages())}`);
  }

  /** Opens the sheet of one of the bar's choices, unless it is open. */
  async sheet(name: "model" | "layer" | "recipe" | "channels"): Promise<Locator> {
    const sheet = this.page.locator(`#${name}-panel`);
    if (!(await sheet.isVisible())) await this.page.locator(`#${name}-button`).click();
    // What it lists comes with the catalogue.
    if (name === "model") await sheet.getByRole("radio").first().waitFor();
    return sheet;
  }

  /** Chooses the untrained model. */
  async chooseUntrained(): Promise<void> {
    await this.sheet("model");
    await this.page.getByLabel("Random, untrained weights").check();
  }

  /** Chooses a layer in the map of the network. */
  async chooseLayer(name: string): Promise<void> {
    await this.sheet("layer");
    await this.page.getByRole("radio", { name, exact: true }).check({ force: true });
  }

  /** Waits for what the page loads after its first picture. */
  async furnished(): Promise<void> {
    await this.page.locator(".stage .take").waitFor();
  }

  /** Every state so far, oldest first. */
  states(): Promise<ScopeState[]> {
    return this.page.evaluate(() => globalThis.seenStates);
  }

  /** Presses Start or Stop, whichever is offered. */
  press(name: "Start" | "Stop"): Promise<void> {
    return this.page.getByRole("button", { name, exact: true }).click();
  }

  /** Waits until every tile is drawn: a picture may follow its words by a frame. */
  async drawnTiles(count: number): Promise<TileFacts[]> {
    // Tests that run side by side cannot poll by `expect`.
    return vi.waitFor(
      async () => {
        const tiles = await this.tiles();
        const drawn = tiles.filter((tile) => tile.drawn).length;
        if (drawn !== count) throw new Error(`${drawn} of ${count} tiles are drawn`);
        return tiles;
      },
      { timeout: 20_000 },
    );
  }

  tiles(): Promise<TileFacts[]> {
    return this.page.locator("vgg-scope .vgg-tile").evaluateAll(readTiles);
  }

  /** Messages on the page, each as its code (for errors) and its words. */
  messages(): Promise<{ code: string; text: string }[]> {
    return this.page.locator(".vgg-message").evaluateAll((panels) =>
      panels.map((panel) => ({
        code: panel.getAttribute("data-code") ?? "",
        text: panel.textContent ?? "",
      })),
    );
  }

  /** Ends the page and everything that runs in it. */
  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** Runs in the page: the first time from here on that the element came to this state, or to an error. */
function findState({ state, from }: { state: ScopeState; from: number }) {
  const later = globalThis.seenStates.slice(from);
  const offset = later.findIndex((seen) => seen === state || seen === "error");
  const seen = later[offset];
  return seen !== undefined && { at: from + offset, seen };
}

/** Runs in the page, so it stands alone. */
function readTiles(tiles: Element[]): TileFacts[] {
  // A canvas that a worker draws on cannot be read, but it can be drawn on another.
  const hasColours = (canvas: HTMLCanvasElement) => {
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
    copy?.drawImage(canvas, 0, 0);
    const bytes = copy?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
    return new Set(new Uint32Array(bytes.buffer)).size > 1;
  };
  return tiles.map((tile) => {
    const text = (part: string) => tile.querySelector(part)?.textContent?.trim() ?? "";
    const canvas = tile.querySelector("canvas");
    if (!canvas) throw new Error("a tile without a canvas");
    const { width, height } = canvas;
    const words = {
      channel: text(".vgg-channel"),
      iteration: text(".vgg-iteration"),
      activation: text(".vgg-activation"),
    };
    const channel = Number(tile.getAttribute("data-channel"));
    return { channel, words, note: text(".vgg-note"), drawn: hasColours(canvas), width, height };
  });
}
