import type { Playhead } from "./playhead";
import type { ViewState } from "./view-state";

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
