/** The close view of a tile, and the players, as a reader handles them. */

import type { Locator } from "playwright-core";
import { expect } from "vitest";
import type { VggScopeElement } from "../../../www/src/vggscope";
import type { ScopePage } from "./scope-page";

/** An iterate as a run of its own computes it. */
export interface Computed {
  rgba: number[];
  pixels: number[];
}

export class CloseView {
  readonly scope: ScopePage;
  readonly dialog: Locator;

  constructor(scope: ScopePage) {
    this.scope = scope;
    this.dialog = scope.page.getByRole("dialog");
  }

  /** The tile of a channel, which is a link. */
  tile(channel: number): Locator {
    return this.scope.page.locator(`.vgg-tile[data-channel="${channel}"] a`);
  }

  button(name: string): Locator {
    return this.dialog.getByRole("button", { name, exact: true });
  }

  get slider(): Locator {
    return this.dialog.getByRole("slider", { name: "Step shown" });
  }

  /** Where the player stands, in words. */
  place(): Promise<string> {
    return this.dialog.locator("output").innerText();
  }

  /** Keeps every place from now on; the function returned reads them. */
  async places(): Promise<() => Promise<string[]>> {
    const kept = await this.dialog.locator("output").evaluateHandle((output) => {
      const places: string[] = [];
      const keep = () => places.push(output.textContent ?? "");
      new MutationObserver(keep).observe(output, { childList: true, characterData: true, subtree: true });
      return places;
    });
    return () => kept.jsonValue();
  }

  /** What the link says of the view. */
  link(): { channel: string | null; iteration: string | null } {
    return { channel: this.#key("channel"), iteration: this.#key("iteration") };
  }

  /** The link's playing speed. */
  speed(): string | null {
    return this.#key("speed");
  }

  #key(key: string): string | null {
    return new URLSearchParams(new URL(this.scope.page.url()).hash.slice(1)).get(key);
  }

  /** The numbers at the pixel that is marked, by term. */
  readings(): Promise<Record<string, string>> {
    return this.dialog
      .locator(".readings div")
      .evaluateAll((rows) =>
        Object.fromEntries(rows.map((row) => [row.children[0]?.textContent, row.children[1]?.textContent])),
      );
  }

  /** RGBA bytes of a canvas in the dialog: 0 the picture, 1 the gradient, 2 the feature map. */
  bytes(which: number): Promise<number[]> {
    return this.dialog
      .locator(".lens canvas")
      .nth(which)
      .evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const bytes = (canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data;
        return [...(bytes ?? [])];
      });
  }

  /** Waits until the large picture is this one. */
  async shows(rgba: readonly number[]): Promise<void> {
    await expect.poll(() => this.bytes(0)).toEqual(rgba);
  }

  /** Waits until all that lies behind the picture is there. */
  async settled(): Promise<void> {
    await expect.poll(() => this.dialog.locator(".insides").getAttribute("aria-busy")).toBe("false");
  }

  /** Frame of a mark on a picture, as parts of the picture's width and height. */
  frame(mark: "field" | "pixel"): Promise<{ x: number; y: number; width: number; height: number }> {
    return this.dialog
      .locator(`.lens .mark-${mark}`)
      .first()
      .evaluate((element) => {
        const [box, whole] = [element, element.parentElement ?? element].map((one) =>
          one.getBoundingClientRect(),
        );
        if (!box || !whole) throw new Error("no frame");
        return {
          x: (box.left - whole.left) / whole.width,
          y: (box.top - whole.top) / whole.height,
          width: box.width / whole.width,
          height: box.height / whole.height,
        };
      });
  }

  /** The same iterate from a run of one channel that ends there. */
  computed(channel: number, iteration: number): Promise<Computed> {
    return this.scope.page.evaluate(compute, { channel, iteration });
  }
}

async function compute({ channel, iteration }: { channel: number; iteration: number }): Promise<Computed> {
  const element = document.querySelector<VggScopeElement>("vgg-scope");
  const number = (key: string) => Number(element?.getAttribute(key));
  const run = element?.scope?.ascend({
    layer: element.getAttribute("layer") ?? "",
    channels: [channel],
    width: number("width"),
    height: number("height"),
    seed: number("seed"),
    iterations: iteration,
    preprocessing: "none",
    keep: "last",
  });
  await run?.finished;
  const kept = await run?.iterate(channel, iteration);
  return { rgba: [...(kept?.rgba ?? [])], pixels: [...((await kept?.pixels()) ?? [])] };
}
