/** Ties a playhead to the grid that it moves, and to the link that says where it rests. */

import { USUAL_SPEED } from "../settings/view";
import type { Playhead } from "./playhead";
import type { ExploredScope } from "./scope";
import type { ViewState } from "./view-state";

/** A link follows a movement once it has rested so long: browsers limit how often an address may change. */
const REST_MS = 300;

export function tie(playhead: Playhead, scope: ExploredScope, state: ViewState): void {
  let frame = 0;
  let speed = playhead.speed;
  let resting: ReturnType<typeof setTimeout> | undefined;

  const tick = (now: number) => {
    frame = 0;
    playhead.tick(now);
    if (playhead.playing) frame = requestAnimationFrame(tick);
  };
  const learn = () => {
    const { iterations: length } = state.settings;
    const reached = scope.state === "loading" ? 0 : scope.record.reached;
    playhead.progress({ length, reached, every: scope.run?.every ?? 1 });
  };
  const rest = () => {
    if (!playhead.playing) state.rest({ iteration: playhead.wanted });
  };

  playhead.watch(() => {
    scope.show(playhead.wanted ?? Number.POSITIVE_INFINITY);
    if (playhead.playing && frame === 0) frame = requestAnimationFrame(tick);
    if (playhead.speed !== speed) {
      speed = playhead.speed;
      // With where it is: the link's own iterate follows later, and must not take the reader back.
      state.rest({ speed: speed === USUAL_SPEED ? undefined : speed, iteration: playhead.wanted });
    }
    clearTimeout(resting);
    resting = setTimeout(rest, REST_MS);
  });
  state.watchView(({ iteration, speed: wanted = USUAL_SPEED }) => {
    speed = wanted;
    playhead.setSpeed(wanted, performance.now());
    playhead.lookAt(iteration);
  });
  scope.addEventListener("vggscope-progress", learn);
  scope.addEventListener("vggscope-state", learn);
}
