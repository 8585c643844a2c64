/** The close view as the page has it: with a start made of its picture, and with a comparison. */
import type { ScopeElement } from "../../element/vgg-scope";
import type { Playhead } from "../../explorer/playhead";
import { TileView } from "../../explorer/tile-view";
import type { PageState } from "../base/state";
import { Compare } from "../compare/compare";
import { startHere } from "../settings/start-control";

/** What the close view shows, and what else can be done with the open channel. */
export interface CloseViewParts {
  scope: ScopeElement;
  state: PageState;
  playhead: Playhead;
  extras: HTMLElement;
}

export function mountCloseView({ scope, state, playhead, extras }: CloseViewParts): void {
  const view = new TileView(scope, state, playhead);
  view.actions.append(startHere(scope, state, playhead));
  view.add(extras);
  view.add(new Compare(scope, state, playhead).element);
}
