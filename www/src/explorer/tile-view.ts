/** One channel seen close up, in a dialog over the grid; in the page, the link says which one. */

import { icon, make, write } from "../dom/dom";
import { useKeys } from "../dom/keys";
import { zoomOf } from "../dom/shown-width";
import { asVggscopeError } from "../engine/shared/failure";
import * as words from "../words/close-view";
import { thisChannel } from "../words/player";
import { Charts } from "./charts";
import { CloseUp } from "./close-up";
import { type IterateData, readIterateData } from "./iterate-data";
import { Latest } from "./latest";
import { Player } from "./player";
import type { Playhead } from "./playhead";
import type { ExploredScope } from "./scope";
import type { ViewState } from "./view-state";

/** What lies behind a picture is computed once the reader has rested on it so long. */
const REST_MS = 150;

/** An iterate of the open channel. */
interface OpenIterate {
  channel: number;
  iteration: number;
}

/** One of a run. */
interface Sought extends OpenIterate {
  run: NonNullable<ExploredScope["run"]>;
}

export class TileView {
  /** Under the picture, for what can be done with it. */
  readonly actions = make("div", {});
  readonly #scope: ExploredScope;
  readonly #state: ViewState;
  readonly #playhead: Playhead;
  readonly #dialog = make("dialog", { className: "tile-view" });
  readonly #title = make("h2", { id: "tile-title", tabIndex: -1 });
  readonly #inR = make("p", { className: "tile-in-r" });
  readonly #said = make("p", { className: "tile-said" });
  readonly #previous = this.#button(words.previousChannel, "M10 3 5 8l5 5", () => this.#turn(-1));
  readonly #next = this.#button(words.nextChannel, "m6 3 5 5-5 5", () => this.#turn(1));
  readonly #closeUp = new CloseUp();
  readonly #pictures = new Latest<Sought>(
    (sought) => this.#drawPicture(sought),
    (error, sought) => this.#complain(error, sought),
  );
  readonly #depths = new Latest<Sought>(
    (sought) => this.#drawBehind(sought),
    (error, sought) => this.#complain(error, sought),
  );
  #charts: Charts | undefined;
  #channel: number | undefined;
  /** Where the picture drawn last, or on its way, belongs; and what lies behind it. */
  #pictured: OpenIterate | undefined;
  #awaited: OpenIterate | undefined;
  #data: IterateData | undefined;
  /** While it runs the reader is not taken to rest. */
  #resting: ReturnType<typeof setTimeout> | undefined;

  /** The dialog goes into `place`. */
  constructor(scope: ExploredScope, state: ViewState, playhead: Playhead, place: Node = document.body) {
    this.#scope = scope;
    this.#state = state;
    this.#playhead = playhead;
    this.#build();
    place.appendChild(this.#dialog);
    playhead.watch(() => this.#refresh());
    // Sizes and receptive fields are known, and pictures there, once a run is under way.
    scope.addEventListener("vggscope-state", ({ detail }) => {
      if (detail === "loading" || detail === "running") this.#begin();
      if (detail === "error") write(this.#said, words.stopped);
    });
    state.watchView(({ channel }) => this.#look(channel));
  }

  /** What its reader unfolds may lie below the fold. */
  #unfold({ target }: Event): void {
    const details = target instanceof Element ? target.closest("summary")?.closest("details") : undefined;
    if (!details || details.open) return;
    details.addEventListener("toggle", () => details.scrollIntoView({ block: "nearest" }), { once: true });
  }

  /** Puts something more under all there is. */
  add(section: HTMLElement): void {
    this.#dialog.append(section);
  }

  #build(): void {
    const close = this.#button(words.close, "m4 4 8 8M12 4l-8 8", () => this.#dialog.close());
    const turning = make("nav", { className: "tile-turn" }, this.#previous, this.#next);
    turning.setAttribute("aria-label", words.otherChannels);
    this.#title.setAttribute("autofocus", "");
    this.#said.setAttribute("role", "status");
    const heading = make("div", {}, this.#title, this.#inR);
    const bar = make("header", { className: "tile-bar" }, heading, turning, close);
    const player = new Player(this.#playhead, thisChannel).element;
    const seen = make("section", { className: "tile-seen" }, this.#closeUp.picture.element, player);
    seen.setAttribute("aria-label", words.picture);
    seen.append(this.#closeUp.readings, this.actions);
    const behind = make("div", { className: "tile-behind" }, this.#closeUp.behind);
    this.#dialog.append(bar, this.#said, make("div", { className: "tile-body" }, seen, behind));
    this.#dialog.setAttribute("aria-labelledby", this.#title.id);
    this.#dialog.setAttribute("closedby", "any");
    this.#dialog.addEventListener("close", () => this.#closed());
    this.#dialog.addEventListener("click", (event) => this.#unfold(event));
    // All keys are its own: what is around it waits. Where something kept the browser from closing it, it closes all the same.
    useKeys(this.#dialog, ({ key, defaultPrevented }) => {
      if (key === "Escape" && defaultPrevented) this.#dialog.close();
      return true;
    });
    // A slide that goes takes it along: what nobody sees must not keep the page from its reader.
    new ResizeObserver(() => {
      if (this.#dialog.open && !this.#dialog.checkVisibility()) this.#dialog.close();
    }).observe(this.#dialog);
  }

  /** Opens, turns to or closes, as the link says. */
  #look(channel: number | undefined): void {
    if (channel === this.#channel) return;
    const before = this.#channel;
    this.#channel = channel;
    if (channel === undefined) {
      this.#dialog.close();
      if (before !== undefined) this.#scope.focusTile(before);
      return;
    }
    this.#begin();
    if (this.#dialog.open) return;
    this.#dialog.showModal();
    this.#dialog.style.setProperty("--zoom", String(zoomOf(this.#dialog)));
    this.#dialog.scrollTop = 0;
    // The curves take their width from where they are.
    this.#charts ??= this.#addCharts();
    this.#refresh();
  }

  #addCharts(): Charts {
    const charts = new Charts((iteration) => this.#playhead.seek(iteration));
    this.#closeUp.behind.before(charts.element);
    return charts;
  }

  /** By Escape, by the button or by the world around: the link follows, and the focus goes back to the tile. */
  #closed(): void {
    if (this.#channel !== undefined) this.#state.close();
  }

  #turn(by: number): void {
    const channel = this.#neighbour(by);
    if (channel !== undefined) this.#state.look({ channel });
  }

  #neighbour(by: number): number | undefined {
    const { channels } = this.#state.settings;
    return this.#channel === undefined ? undefined : channels[channels.indexOf(this.#channel) + by];
  }

  /** Another channel, or another run. */
  #begin(): void {
    const channel = this.#channel;
    if (channel === undefined) return;
    const { layer, width, height } = this.#state.settings;
    write(this.#title, words.channelOf(channel, layer));
    write(this.#inR, words.inR(channel));
    write(this.#said, this.#scope.record.newest(channel) > 0 ? "" : words.notBegun);
    for (const [button, by] of [
      [this.#previous, -1],
      [this.#next, 1],
    ] as const)
      button.setAttribute("aria-disabled", String(this.#neighbour(by) === undefined));
    const info = this.#scope.scope?.model.layers.find(({ name }) => name === layer);
    this.#closeUp.begin(channel, info, { width, height });
    this.#data = undefined;
    this.#pictured = undefined;
    this.#awaited = undefined;
    const tile = this.#scope.pictureOf(channel);
    // At once what the tile shows; the exact bytes follow.
    if (tile) this.#closeUp.picture.copy(tile);
    this.#refresh();
  }

  /** Follows the playhead, and the climb. */
  #refresh(): void {
    const channel = this.#channel;
    if (channel === undefined || !this.#playhead.ready) return;
    const { position: iteration, length } = this.#playhead;
    const place = { channel, iteration };
    write(this.#said, "");
    if (!same(place, this.#pictured)) this.#seek(this.#pictures, place);
    this.#pictured = place;
    this.#lookBehind(place);
    const curves = this.#scope.record.curves(channel);
    const data = same(place, this.#data) ? this.#data : undefined;
    if (curves) this.#charts?.show({ curves, length, position: iteration, data });
  }

  /** Once the reader rests; along with a climb, as often as it can be had. */
  #lookBehind(place: OpenIterate): void {
    if (same(place, this.#data) || same(place, this.#awaited)) return;
    this.#awaited = this.#playhead.playing ? undefined : place;
    if (this.#playhead.following) this.#closeUp.expect();
    else this.#leave();
    if (!this.#awaited) return;
    this.#resting ??= setTimeout(() => {
      this.#resting = undefined;
      if (this.#awaited) this.#seek(this.#depths, this.#awaited);
    }, REST_MS);
  }

  /** The reader has gone elsewhere: what lies behind the place before is shown as old. */
  #leave(): void {
    clearTimeout(this.#resting);
    this.#resting = undefined;
    if (this.#data) this.#closeUp.show(undefined);
    this.#data = undefined;
  }

  #seek(latest: Latest<Sought>, place: OpenIterate): void {
    const { run } = this.#scope;
    if (run) latest.ask({ run, ...place });
  }

  async #drawPicture({ run, channel, iteration }: Sought): Promise<void> {
    const kept = await run.iterate(channel, iteration);
    if (run === this.#scope.run && channel === this.#channel)
      this.#closeUp.picture.draw(kept.rgba as Uint8ClampedArray<ArrayBuffer>);
  }

  /** A quick climb is steps ahead by the time one has been read: that one is shown all the same, and says which it is. */
  async #drawBehind(sought: Sought): Promise<void> {
    const { run, channel, iteration } = sought;
    const { scope } = this.#scope;
    if (!scope || !this.#concerns(sought)) return;
    const data = await readIterateData({ run, scope, settings: this.#state.settings }, channel, iteration);
    if (!this.#concerns(sought)) return;
    this.#data = data;
    this.#closeUp.show(data);
    this.#refresh();
  }

  /** Whether the reader is there, or goes along with the climb. */
  #concerns({ run, channel, iteration }: Sought): boolean {
    const { following, position } = this.#playhead;
    return run === this.#scope.run && channel === this.#channel && (following || iteration === position);
  }

  /** What belongs to a run that is gone is no concern of the reader. */
  #complain(error: unknown, { run }: Sought): void {
    if (run === this.#scope.run) write(this.#said, asVggscopeError(error, "compute-failed").message);
  }

  #button(name: string, path: string, pressed: () => void): HTMLButtonElement {
    const button = make("button", { type: "button", className: "icon-button", title: name });
    button.setAttribute("aria-label", name);
    button.append(icon(path));
    button.addEventListener("click", pressed);
    return button;
  }
}

function same(place: OpenIterate, other: OpenIterate | undefined): boolean {
  return place.channel === other?.channel && place.iteration === other.iteration;
}
