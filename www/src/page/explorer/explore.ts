/** Looking closely: the grid's player, and the close view of a tile. */
import { failurePanel } from "../../element/messages";
import type { ScopeElement } from "../../element/vgg-scope";
import { loadPart } from "../../engine/edition";
import { WHOLE_GRID } from "../../settings/view";
import * as opening from "../../words/opening";
import * as words from "../../words/player";
import { byId, make } from "../dom";
import type { Notices } from "../notices";
import type { PageState } from "../state";
import type { Close } from "./close-view";
import { tie } from "./playback";
import { Player } from "./player";
import { Playhead } from "./playhead";
import { adoptInPage } from "./styles";
import type { ViewState } from "./view-state";

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
function loadCloseView(close: Close, notices: Notices): void {
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

/** A tile is a link; followed here, it keeps the iterate that is shown. */
export function openTile(event: MouseEvent, state: ViewState, playhead: Playhead): void {
  const { target, button, altKey, ctrlKey, metaKey, shiftKey } = event;
  if (button !== 0 || altKey || ctrlKey || metaKey || shiftKey || !(target instanceof Element)) return;
  const channel = target.closest(".vgg-frame > a")?.closest<HTMLElement>("[data-channel]")?.dataset.channel;
  if (channel === undefined) return;
  event.preventDefault();
  // Where the reader comes back to; the link may not have followed yet.
  if (!playhead.playing) state.rest({ iteration: playhead.wanted });
  state.look({ channel: Number(channel) });
}
