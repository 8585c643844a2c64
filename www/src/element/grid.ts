/**
 * The tiles of a run. Facts may come by the thousand; the page is touched once per frame. The pictures of the run
 * before stay until the new ones begin to come.
 */
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
  readonly #waiting = new Map<number, IterateFacts>();
  #tiles = new Map<number, Tile>();
  #shape: GridShape = { layer: "", channels: [], width: 0, height: 0 };
  /** Whether the tiles on the page are those of the run that facts come from. */
  #shown = false;
  /** Whether the tiles on the page have pictures. */
  #drawn = false;

  constructor() {
    this.element.className = "vgg-grid";
    // Some browsers drop list semantics where bullets are hidden.
    this.element.setAttribute("role", "list");
  }

  /** Fresh tiles; their canvases can be handed to a run. Where there are no pictures to keep they are shown at once. */
  lay(shape: GridShape): HTMLCanvasElement[] {
    const { layer, channels, width, height } = shape;
    this.#waiting.clear();
    this.#tiles = new Map(channels.map((channel) => [channel, new Tile(channel, layer, width, height)]));
    if (this.#shown && this.#drawn) this.#markOld();
    this.#shown = false;
    this.#shape = shape;
    if (!this.#drawn) this.reveal();
    return [...this.#tiles.values()].map((tile) => tile.canvas);
  }

  /** Puts the fresh tiles in the place of what is there, once. */
  reveal(): void {
    if (this.#shown) return;
    this.#shown = true;
    this.#drawn = false;
    delete this.element.dataset.stale;
    this.element.setAttribute("aria-label", nameOf(this.#shape));
    for (const [name, most] of Object.entries(COLUMNS)) {
      this.element.style.setProperty(name, String(Math.min(most, this.#shape.channels.length)));
    }
    this.element.replaceChildren(...[...this.#tiles.values()].map((tile) => tile.element));
  }

  /** Takes in facts for the next `flush`. */
  note(facts: IterateFacts): void {
    this.#waiting.set(facts.channel, facts);
  }

  /** Shows what is waiting, at most a frame's worth of it; true when more is left for the next frame. */
  flush(): boolean {
    const now = [...this.#waiting.values()].slice(0, TILES_PER_FRAME);
    this.#drawn ||= now.length > 0;
    for (const facts of now) {
      this.#tiles.get(facts.channel)?.show(facts);
      this.#waiting.delete(facts.channel);
    }
    return this.#waiting.size > 0;
  }

  /** The run failed: its tiles say so, if they are on the page by now. */
  fail(): void {
    if (!this.#shown) return;
    for (const tile of this.#tiles.values()) tile.fail();
  }

  #markOld(): void {
    this.element.dataset.stale = "";
    this.element.setAttribute("aria-label", `${nameOf(this.#shape)}, from before`);
  }
}

function nameOf({ layer, channels }: GridShape): string {
  return `${channels.length} channels of ${layer}`;
}
