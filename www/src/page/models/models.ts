/** The model that is open and those of the catalogue, in the sheet and after an error: with what the page loads after its first picture. */

import { make } from "../../dom/dom";
import type { ScopeElement } from "../../element/vgg-scope";
import type { Catalogue } from "../../engine/catalogue/entry";
import { loadCatalogue } from "../../engine/catalogue/load";
import * as words from "../../words/models";
import type { PageState } from "../base/state";
import { downloadLink } from "./about";
import type { ChosenModel } from "./chosen";
import { listModels } from "./list";
import { ModelPanel } from "./panel";

export interface ModelsContext {
  scope: ScopeElement;
  state: PageState;
  chosen: ChosenModel;
}

export async function offerModels({ scope, state, chosen }: ModelsContext): Promise<void> {
  new ModelPanel(scope, state);
  const catalogue = await loadCatalogue();
  chosen.learn(catalogue.models);
  listModels(state, catalogue);
  const remedy = () => offerDownload(scope, state, catalogue);
  scope.addEventListener("vggscope-error", remedy);
  if (scope.state === "error") remedy();
}

/** Beside what the element itself offers after an error: a file that could not be fetched can be downloaded and dropped. */
function offerDownload(scope: ScopeElement, { settings, file }: PageState, { models }: Catalogue): void {
  const entry = models.find(({ id }) => id === settings.model);
  if (file || !entry?.download) return;
  const buttons = scope.querySelector(".vgg-message-buttons");
  buttons?.after(make("p", { className: "save-instead" }, downloadLink(entry.download), words.thenDropIt));
}
