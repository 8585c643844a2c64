/** Pause, change, continue: the button, and words on what may change and what has. */
import type { ScopeElement } from "../element/vgg-scope";
import { FIELDS, fieldOf, type SettingName, type Settings } from "../settings/table";
import { byId, make, write } from "./dom";
import type { PageState } from "./state";

/** Settings that a paused climb goes on with. */
const CHANGEABLE = ["learningRate", "step", "iterations"] as const satisfies readonly SettingName[];

const WHILE_PAUSED =
  "Paused. Learning rate, step rule and number of steps may change before it goes on; any other setting starts afresh.";

export function offerPause(scope: ScopeElement, state: PageState): void {
  const button = byId("pause", HTMLButtonElement);
  const note = make("p", { className: "course-note" });
  note.setAttribute("role", "status");
  byId("engine-line", HTMLElement).after(note);
  /** What the climb on screen goes by, so that a change can be told. */
  let climbing = state.settings;
  let turns: string[] = [];

  button.addEventListener("click", () => {
    if (scope.state === "running") scope.pause();
    else if (scope.state === "paused") {
      const turn = changesIn(climbing, state.settings);
      if (turn) turns = [...turns, `From step ${scope.record.farthest} on: ${turn}.`];
      climbing = state.settings;
      scope.resume();
    }
  });
  scope.addEventListener("vggscope-state", ({ detail }) => {
    if (detail === "loading") {
      climbing = state.settings;
      turns = [];
    }
    write(button, detail === "paused" ? "Continue" : "Pause");
    button.setAttribute("aria-disabled", String(detail !== "running" && detail !== "paused"));
    const afresh = turns.length > 0 ? "This page’s link climbs with the last of these from the start." : "";
    write(note, detail === "paused" ? WHILE_PAUSED : [...turns, afresh].filter(Boolean).join(" "));
  });
}

/** Such as "learning rate 3, step rule Adam"; empty where nothing differs. */
function changesIn(before: Settings, now: Settings): string {
  const changed = CHANGEABLE.filter((name) => before[name] !== now[name]);
  return changed.map((name) => `${FIELDS[name].label.toLowerCase()} ${labelOf(name, now)}`).join(", ");
}

function labelOf(name: SettingName, settings: Settings): string {
  const field = fieldOf(name);
  const text = field.write(settings[name]);
  return field.choices?.find(({ value }) => value === text)?.label ?? text;
}
