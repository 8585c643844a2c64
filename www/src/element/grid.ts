/**
 * The tiles of a run. Facts may come by the thousand; the page is touched once per frame. The pictures of the run
 * before stay until the new ones begin to come.
 */

import { part } from "../dom/part";
import { RunRecord, type StepFacts } from "../explorer/record";
import * as words from "../words/element";
import { rove } from "./roving";
import { type GridShape, Tile, type TileLink } from "./tile";

/** Laying out the words of many more tiles takes longer than a frame. */
const TILES_PER_FRAME = 8;

/** Columns from wide to narrow; forty tiles fill each evenly. */
const COLUMNS = { "--vgg-wide": 8, "--vgg-middle": 5, "--vgg-narrow": 4 };

export class Grid {
  readonly element = part("vgg-grid");
  /** Channels whose words have changed. */
  readonly #waiting = new Set<number>();
  /** Of these, the ones that are being shown over several frames. */
  #round: number[] = [];
  #tiles = new Map<number, Tile>();
  #shape: GridShape = { layer: "", channels: [], width: 0, height: 0, iterations: 0 };
  #record = new RunRecord([], 0);
  /** The iterate that tiles show, or their newest where they have not come so far. */
  #wanted = Number.POSITIVE_INFINITY;
  /** Whether the tiles on the page are those of the run that facts come from. */
  #shown = false;
  /** Whether the tiles on the page have pictures. */
  #drawn = false;

  constructor() {
    this.element.setAttribute("role", "list");
    rove(this.element);
  }

  /** What the run has told so far. */
  get record(): RunRecord {
    return this.#record;
  }

  /** Whether the tiles on the page, fresh or of the run before, have pictures. */
  get drawn(): boolean {
    return this.#drawn;
  }

  /** Fresh tiles; their canvases can be handed to a run. Where there are no pictures to keep they are shown at once. */
  lay(shape: GridShape, link: TileLink | undefined): HTMLCanvasElement[] {
    this.#waiting.clear();
    this.#round = [];
    this.#tiles = new Map(
      shape.channels.map((channel) => [channel, new Tile(channel, shape, link?.(channel))]),
    );
    this.#record = new RunRecord(shape.channels, shape.iterations);
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
    this.element.setAttribute("aria-label", words.grid(this.#shape.channels.length, this.#shape.layer));
    for (const [name, most] of Object.entries(COLUMNS)) {
      this.element.style.setProperty(name, String(Math.min(most, this.#shape.channels.length)));
    }
    const tiles = [...this.#tiles.values()];
    this.element.replaceChildren(...tiles.map((tile) => tile.element));
    tiles[0]?.makeReachable();
  }

  /** Takes in facts for the next `flush`. */
  note(facts: StepFacts): void {
    // The first tells that there is a start to show.
    const first = this.#record.newest(facts.channel) === 0;
    this.#record.note(facts);
    if (first || facts.iteration <= this.#wanted) this.#waiting.add(facts.channel);
  }

  /** The words of this iterate on every tile with the next `flush`. */
  show(iteration: number): void {
    this.#wanted = iteration;
    for (const channel of this.#tiles.keys())
      if (this.#record.newest(channel) > 0) this.#waiting.add(channel);
  }

  /** Whether some words are not those of what is to be shown. */
  get behind(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * Shows a frame's worth of what is waiting; true when more of it is left for the next frame. What comes meanwhile waits for
   * the next round.
   */
  flush(): boolean {
    if (this.#round.length === 0) this.#round = [...this.#waiting];
    const now = this.#round.splice(0, TILES_PER_FRAME);
    this.#drawn ||= now.length > 0;
    for (const channel of now) {
      const iteration = Math.min(this.#wanted, this.#record.newest(channel));
      this.#tiles.get(channel)?.show(iteration, this.#record.at(channel, iteration));
      this.#waiting.delete(channel);
    }
    return this.#round.length > 0;
  }

  /** The tile of this channel, if it is on the page. */
  tile(channel: number): Tile | undefined {
    return this.#shown ? this.#tiles.get(channel) : undefined;
  }

  /** The run failed: its tiles say so, if they are on the page by now. */
  fail(): void {
    if (!this.#shown) return;
    for (const tile of this.#tiles.values()) tile.fail();
  }

  #markOld(): void {
    this.element.dataset.stale = "";
    this.element.setAttribute(
      "aria-label",
      words.gridFromBefore(this.#shape.channels.length, this.#shape.layer),
    );
  }
}
