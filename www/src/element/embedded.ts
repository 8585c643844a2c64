/** The player and the close view within `<vgg-scope controls="full">`: behind a boundary that other people's styles do not cross. */
import { part } from "../dom/part";
import { browser } from "../engine/platform";
import { keepGestures } from "../explorer/gestures";
import { openTile } from "../explorer/open-tile";
import { tie } from "../explorer/playback";
import { Player } from "../explorer/player";
import { Playhead } from "../explorer/playhead";
import type { ExploredScope } from "../explorer/scope";
import { adoptInElement } from "../explorer/styles";
import { TileView } from "../explorer/tile-view";
import { LocalView } from "../explorer/view-state";
import { writeLink } from "../settings/link";
import type { Settings } from "../settings/table";
import { WHOLE_GRID } from "../settings/view";
import * as words from "../words/player";
import { adoptStyles } from "./styles";
import type { TileLink } from "./tile";

/** The element that they are part of. */
export interface Explorable extends ExploredScope {
  tileLink: TileLink | undefined;
  readonly baseURI: string;
}

export class EmbeddedExplorer {
  /** Goes above the pictures. */
  readonly element = part("vgg-explorer");
  readonly #scope: Explorable;
  readonly #view: LocalView;

  constructor(scope: Explorable, settings: Settings) {
    this.#scope = scope;
    this.#view = new LocalView(settings);
    const root = this.element.attachShadow({ mode: "open" });
    adoptInElement(root);
    // Messages are the element's.
    adoptStyles(root);
    keepGestures(root);
    const playhead = new Playhead();
    root.append(new Player(playhead, words.allPictures).element);
    new TileView(scope, this.#view, playhead, root);
    tie(playhead, scope, this.#view);
    scope.addEventListener("click", (event) => openTile(event, this.#view, playhead));
  }

  /** Of a new run, at this iterate or at its newest. A tile's address is the same channel in the site's own page. */
  begin(settings: Settings, iteration: number | undefined): void {
    this.#view.begin(settings, iteration);
    const { weights } = settings;
    const there =
      weights === undefined ? settings : { ...settings, weights: new URL(weights, this.#scope.baseURI).href };
    this.#scope.tileLink = (channel) =>
      `${browser.siteRoot}${writeLink(there, { channel, iteration: undefined })}`;
  }

  /** Until it begins again. */
  end(): void {
    this.#view.look(WHOLE_GRID);
    this.#scope.tileLink = undefined;
    this.element.remove();
  }
}
