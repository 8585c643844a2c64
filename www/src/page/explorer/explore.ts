/** Looking closely: the grid's player, and the close view of a tile. */
import type { ScopeElement } from "../../element/vgg-scope";
import { WHOLE_GRID } from "../../settings/view";
import { Compare } from "../compare/compare";
import { byId } from "../dom";
import { startHere } from "../settings/start";
import type { PageState } from "../state";
import { tie } from "./playback";
import { Player } from "./player";
import { Playhead } from "./playhead";
import { adoptExplorerStyles } from "./styles";
import { TileView } from "./tile-view";
import type { ViewState } from "./view-state";

/** What other parts of the page build on. */
export interface Explorer {
  playhead: Playhead;
  /** A place at the end of the close view, for what else can be done with the open channel. */
  extras: HTMLElement;
}

export function explore(scope: ScopeElement, state: PageState): Explorer {
  adoptExplorerStyles(document);
  const playhead = new Playhead();
  byId("player", HTMLElement).replaceWith(new Player(playhead, "Step of all pictures").element);
  scope.tileLink = (channel) => state.linkTo({ ...WHOLE_GRID, channel });
  scope.addEventListener("click", (event) => openTile(event, state));
  tie(playhead, scope, state);
  const view = new TileView(scope, state, playhead);
  view.actions.append(startHere(scope, state, playhead));
  view.add(new Compare(scope, state, playhead).element);
  return { playhead, extras: view.extras };
}

/** A tile is a link; followed here, it keeps the iterate that is shown. */
export function openTile(event: MouseEvent, state: ViewState): void {
  const { target, button, altKey, ctrlKey, metaKey, shiftKey } = event;
  if (button !== 0 || altKey || ctrlKey || metaKey || shiftKey || !(target instanceof Element)) return;
  const channel = target.closest("a.vgg-frame")?.closest<HTMLElement>("[data-channel]")?.dataset.channel;
  if (channel === undefined) return;
  event.preventDefault();
  state.look({ channel: Number(channel) });
}
