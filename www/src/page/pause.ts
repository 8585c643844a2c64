/** Pause, change, continue: the button, and words on what may change and what has. */

import { byId, write } from "../dom/dom";
import type { ScopeElement } from "../element/vgg-scope";
import { FIELDS, labelOf, type SettingName, type Settings } from "../settings/table";
import * as words from "../words/pause";
import { Note } from "./base/notices";
import type { PageState } from "./base/state";

/** Settings that a paused climb goes on with. */
const CHANGEABLE = ["learningRate", "step", "iterations"] as const satisfies readonly SettingName[];

export function offerPause(scope: ScopeElement, state: PageState): void {
  const button = byId("pause", HTMLButtonElement);
  const note = new Note(byId("course-note", HTMLElement));
  /** What the climb on screen goes by, so that a change can be told. */
  let current = state.settings;
  let changes: string[] = [];

  button.addEventListener("click", () => {
    if (scope.state === "running") scope.pause();
    else if (scope.state === "paused") {
      const change = changesIn(current, state.settings);
      if (change.length > 0) changes = [...changes, words.changesFrom(scope.record.farthest, change)];
      current = state.settings;
      scope.resume();
    }
  });
  scope.addEventListener("vggscope-state", ({ detail }) => {
    if (detail === "loading") {
      current = state.settings;
      changes = [];
    }
    write(button, detail === "paused" ? words.goOn : words.pause);
    button.setAttribute("aria-disabled", String(detail !== "running" && detail !== "paused"));
    const afresh = changes.length > 0 ? words.linkStartsAfresh : "";
    note.write(detail === "paused" ? words.whilePaused : [...changes, afresh].filter(Boolean).join(" "));
  });
}

/** Such as "learning rate 3"; none where nothing differs. */
function changesIn(before: Settings, now: Settings): string[] {
  const changed = CHANGEABLE.filter((name) => before[name] !== now[name]);
  return changed.map((name) => words.change(FIELDS[name].label, labelOf(name, now)));
}
