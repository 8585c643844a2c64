/** The tiles of a run. Facts may come by the thousand; the page is touched once per frame. */
import type { IterateFacts } from "../public/types";
import { Tile } from "./tile";

/** What the tiles of a run have in common. */
export interface GridShape {
  layer: string;
  channels: readonly number[];
  width: number;
  height: number;
}

/** Laying out the words of many more tiles takes longer than a frame. */
const TILES_PER_FRAME = 64;

/** Columns from wide to narrow; forty tiles fill each evenly. */
const COLUMNS = { "--vgg-wide": 8, "--vgg-middle": 5, "--vgg-narrow": 4 };

export class Grid {
  readonly element = document.createElement("ul");
  readonly #tiles = new Map<number, Tile>();
  readonly #waiting = new Map<number, IterateFacts>();

  constructor() {
    this.element.className = "vgg-grid";
    // Some browsers drop list semantics where bullets are hidden.
    this.element.setAttribute("role", "list");
  }

  /** Fresh tiles; their canvases can be handed to a run. */
  lay({ layer, channels, width, height }: GridShape): HTMLCanvasElement[] {
    this.#waiting.clear();
    this.#tiles.clear();
    for (const channel of channels) this.#tiles.set(channel, new Tile(channel, layer, width, height));
    for (const [name, most] of Object.entries(COLUMNS)) {
      this.element.style.setProperty(name, String(Math.min(most, channels.length)));
    }
    this.element.setAttribute("aria-label", `${channels.length} channels of ${layer}`);
    this.element.replaceChildren(...[...this.#tiles.values()].map((tile) => tile.element));
    return [...this.#tiles.values()].map((tile) => tile.canvas);
  }

  /** Takes in facts for the next `flush`. */
  note(facts: IterateFacts): void {
    this.#waiting.set(facts.channel, facts);
  }

  /** Shows what is waiting, at most a frame's worth of it; true when more is left for the next frame. */
  flush(): boolean {
    const now = [...this.#waiting.values()].slice(0, TILES_PER_FRAME);
    for (const facts of now) {
      this.#tiles.get(facts.channel)?.show(facts);
      this.#waiting.delete(facts.channel);
    }
    return this.#waiting.size > 0;
  }

  fail(): void {
    for (const tile of this.#tiles.values()) tile.fail();
  }
}
