/** The page: its controls change the state, the state drives the element, and the element's events fill the rest. */

import { failurePanel, messagePanel } from "../dom/message-panel";
import { isBusy } from "../element/basic-controls";
import { type ScopeElement, VggScope } from "../element/vgg-scope";
import { loadPart } from "../engine/site-version";
import type { ErrorCode } from "../public/errors";
import { writeLink } from "../settings/link";
import { noticeOf } from "../settings/notice";
import { initialSettings, type Problem, type Settings, writeSettings } from "../settings/table";
import { WHOLE_GRID } from "../settings/view";
import * as words from "../words/page";
import "../vggscope";
import { byId, make } from "../dom/dom";
import { keepForOffline } from "../offline/register";
import { closeSheets, openSheet, readySheets } from "./bar/sheets";
import { dismissible, Notices } from "./base/notices";
import { PageState } from "./base/state";
import { CacheLine } from "./cache-line";
import { offerEmbedding } from "./embed/embed-button";
import { explore } from "./explorer/explore";
import { fitGrid } from "./fit";
import { ChannelPages } from "./map/channel-pages";
import { NetworkMap } from "./map/network-map";
import { ChosenModel } from "./models/chosen";
import { offerFiles, offerLinks, openAny, takeDrops } from "./open-own";
import { Pager } from "./pager";
import { offerPause } from "./pause";
import { showSettings } from "./settings/form";
import { Presets } from "./settings/presets";
import { Status } from "./status";

const scope: ScopeElement = byId("scope", VggScope);
const notices = new Notices(byId("notices", HTMLElement));
const state = new PageState(window);
const status = new Status();
const map = new NetworkMap(byId("layers", HTMLFieldSetElement), state);
const channelPages = new ChannelPages(byId("every-channel", HTMLElement), state);
const pager = new Pager(state);
const cache = new CacheLine();
const presets = new Presets(state);
let restAsked = false;
/** What says nothing against the weights: they may be opened yet. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  "weights-cancelled",
  "weights-needs-full-download",
  "weights-offline",
  "weights-stalled",
]);

scope.addEventListener("vggscope-state", ({ detail }) => {
  status.state(detail);
  if (detail !== "loading") void cache.refresh();
});
scope.addEventListener("vggscope-progress", ({ detail }) => {
  status.progress(detail);
  map.showProgress(detail);
});
scope.addEventListener("vggscope-weights", ({ detail }) => status.weights(detail));
scope.addEventListener("vggscope-engine", ({ detail }) => {
  state.tried(true);
  status.engine(detail);
  map.showModel(detail);
  channelPages.showModel(detail);
  presets.showModel(detail.model.preprocessing);
  pager.showModel(detail);
});
scope.addEventListener("vggscope-error", ({ detail }) => {
  closeSheets();
  if (!scope.scope) status.noEngine();
  // An address that cannot be one of weights is the only option that a link or a field can get this wrong.
  if (!detail.code.startsWith("weights-") && detail.code !== "invalid-option") return;
  if (!PASSING.has(detail.code)) state.tried(false);
  offerOtherModels();
});

readySheets();
const chosen = new ChosenModel(state);
offerLinks(state, () => scope.start());
offerFiles(state, notices);
takeDrops(state, notices);
showSettings(byId("settings", HTMLFormElement), state);
const explorer = explore(scope, state, notices);
offerPause(scope, state);
offerEmbedding(state, notices);
keepForOffline(scope);
// Once pictures have come, or have failed to; a tour is read while they are awaited.
scope.addEventListener("vggscope-state", ({ detail }) => {
  if (detail !== "loading") loadTheRest();
});
state.watchView(({ tour }) => {
  if (tour !== undefined) loadTheRest();
});
// Whoever would choose a model does not wait for pictures of another.
byId("model-panel", HTMLElement).addEventListener("beforetoggle", loadTheRest);
state.watch((settings, problems) => {
  showProblems(problems);
  apply(settings);
});

fitGrid(scope, state);
// What the element says of itself stands above its pictures, and can be dismissed as what the page says.
const said = new MutationObserver((changes) => {
  for (const { addedNodes } of changes)
    for (const node of addedNodes) if (node instanceof HTMLElement) dismissible(node);
});
for (const place of scope.querySelectorAll(".vgg-messages")) said.observe(place, { childList: true });

const main = byId("main", HTMLElement);
main.hidden = false;
main.classList.remove("unfurnished");
byId("not-started", HTMLElement).remove();

byId("toggle", HTMLButtonElement).addEventListener("click", () => {
  if (isBusy(scope.state)) return scope.stop();
  // A new climb is followed from its beginning.
  state.rest(WHOLE_GRID);
  // Where it was moved to a moment ago is not in the link yet.
  explorer.playhead.lookAt(undefined);
  scope.start();
});

// These two would otherwise end up in the address, where the settings are.
byId("skip", HTMLAnchorElement).addEventListener("click", (event) => {
  event.preventDefault();
  scope.focus();
});
for (const link of document.querySelectorAll<HTMLAnchorElement>("a[data-figure]")) {
  link.href = writeLink({ ...initialSettings(), layer: link.dataset.figure ?? "" });
}

function loadTheRest(): void {
  if (restAsked) return;
  restAsked = true;
  loadPart(() => import("./later"), words.partsNotLoadedRemedy).then(
    ({ offerTheRest }) =>
      offerTheRest({ scope, state, explorer, chosen }, (file) => void openAny(file, state, notices)),
    (error: unknown) => {
      notices.add(failurePanel(words.partsNotLoaded, error));
    },
  );
}

/** The element starts afresh when an attribute changes. */
function apply(settings: Settings): void {
  for (const [key, text] of writeSettings(settings)) scope.setAttribute(key, text);
  const file = state.file ?? null;
  if (scope.file !== file) scope.file = file;
  scope.startImage = state.picture?.at(settings.width, settings.height) ?? null;
}

/** Beside what the element itself offers after an error, which may be out of sight of whoever chose the model. */
function offerOtherModels(): void {
  const buttons = scope.querySelector(".vgg-message-buttons");
  const button = make("button", { type: "button" }, words.chooseAnotherModel);
  button.addEventListener("click", () => {
    openSheet("model-panel");
    document.querySelector<HTMLElement>("#models input:checked")?.focus();
  });
  buttons?.append(button);
  buttons?.scrollIntoView({ block: "nearest" });
}

function showProblems(problems: readonly Problem[]): void {
  const sentences = noticeOf(problems);
  if (sentences.length > 0) notices.show(messagePanel(words.linkNotUnderstood, sentences));
  else notices.clear();
}
