/** Looking closely: the grid's player, and the close view of a tile. */

import { byId, make } from "../../dom/dom";
import { failurePanel } from "../../dom/message-panel";
import type { ScopeElement } from "../../element/vgg-scope";
import { loadPart } from "../../engine/site-version";
import { openTile } from "../../explorer/open-tile";
import { tie } from "../../explorer/playback";
import { Player } from "../../explorer/player";
import { Playhead } from "../../explorer/playhead";
import { adoptInPage } from "../../explorer/styles";
import { WHOLE_GRID } from "../../settings/view";
import * as opening from "../../words/opening";
import * as words from "../../words/player";
import type { Notices } from "../base/notices";
import type { PageState } from "../base/state";
import type { CloseViewParts } from "./close-view";

/** What other parts of the page build on. */
export interface Explorer {
  playhead: Playhead;
  /** A place at the end of the close view, for what else can be done with the open channel. */
  extras: HTMLElement;
}

export function explore(scope: ScopeElement, state: PageState, notices: Notices): Explorer {
  adoptInPage();
  const playhead = new Playhead();
  const extras = make("div", { className: "tile-extras" });
  byId("player", HTMLElement).replaceWith(new Player(playhead, words.allPictures).element);
  scope.tileLink = (channel) => state.linkTo({ ...WHOLE_GRID, channel });
  scope.addEventListener("click", (event) => openTile(event, state, playhead));
  tie(playhead, scope, state);
  loadCloseView({ scope, state, playhead, extras }, notices);
  return { playhead, extras };
}

/** Loads the close view when a tile is opened: the first pictures do without. Whoever comes near a tile has it load before. */
function loadCloseView(close: CloseViewParts, notices: Notices): void {
  const { scope, state } = close;
  let loading: Promise<void> | undefined;
  const load = () => {
    loading ??= loadPart(() => import("./close-view"), opening.notLoaded).then(
      ({ mountCloseView }) => mountCloseView(close),
      (error: unknown) => {
        loading = undefined;
        throw error;
      },
    );
    return loading;
  };
  // Whoever does open a tile is told of what failed.
  const prepare = () => void load().catch(() => {});
  for (const nearing of ["pointerover", "focusin"]) scope.addEventListener(nearing, prepare);
  scope.addEventListener("vggscope-state", ({ detail }) => {
    if (detail === "finished") prepare();
  });
  state.watchView(({ channel }) => {
    if (channel === undefined) return;
    load().catch((error: unknown) => {
      notices.show(failurePanel(opening.cannotBeShown(channel), error));
      state.close();
    });
  });
}
