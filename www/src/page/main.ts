/** The page: its controls change the state, the state drives the element, and the element's events fill the rest. */
import { isBusy } from "../element/basic-controls";
import { messagePanel } from "../element/messages";
import { writeLink } from "../settings/link";
import { initialSettings, type Problem, type Settings, writeSettings } from "../settings/table";
import "../vggscope";
import { byId } from "./dom";
import { Layers } from "./layers";
import { showModels } from "./models";
import { Pager } from "./pager";
import { showPreset, showSettings } from "./settings-form";
import { PageState } from "./state";
import { Status } from "./status";

const scope = document.querySelector("vgg-scope");
if (!scope) throw new Error("index.html lacks <vgg-scope>");
const notices = byId("notices", HTMLElement);
const state = new PageState(window);
const status = new Status();
const layers = new Layers(byId("layers", HTMLFieldSetElement), state);
const pager = new Pager(state);

scope.addEventListener("vggscope-state", ({ detail }) => status.state(detail));
scope.addEventListener("vggscope-progress", ({ detail }) => status.progress(detail));
scope.addEventListener("vggscope-weights", ({ detail }) => status.weights(detail));
scope.addEventListener("vggscope-engine", ({ detail }) => {
  status.engine(detail);
  layers.showModel(detail);
  pager.showModel(detail);
});

showModels(byId("models", HTMLFieldSetElement), state);
showSettings(byId("settings", HTMLFormElement), state);
showPreset(byId("as-in-notes", HTMLButtonElement), state);
state.watch((settings, problems) => {
  showProblems(problems);
  apply(settings);
});

byId("toggle", HTMLButtonElement).addEventListener("click", () =>
  isBusy(scope.state) ? scope.stop() : scope.start(),
);

// These two would otherwise end up in the address, where the settings are.
byId("skip", HTMLAnchorElement).addEventListener("click", (event) => {
  event.preventDefault();
  scope.focus();
});
for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-figure]")) {
  link.href = writeLink({ ...initialSettings(), layer: link.dataset.figure ?? "" });
}

/** The element starts afresh when an attribute changes. */
function apply(settings: Settings): void {
  for (const [key, text] of writeSettings(settings)) scope?.setAttribute(key, text);
}

function showProblems(problems: readonly Problem[]): void {
  const sentences = problems.map(({ message }) => message);
  notices.replaceChildren(
    ...(sentences.length > 0 ? [messagePanel("The link was not fully understood", sentences)] : []),
  );
}
