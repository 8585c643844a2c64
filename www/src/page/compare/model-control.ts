/** The choice of model for the other side: those of the catalogue, and the ones that the link names. */

import { make } from "../../dom/dom";
import { otherHost } from "../../engine/catalogue/downloads";
import { loadCatalogue } from "../../engine/catalogue/load";
import { FIELDS, modelKey, modelText, type Settings } from "../../settings/table";
import * as words from "../../words/compare";
import { fromHost } from "../../words/models";
import type { SettingsStore } from "../settings/form";

type Choice = Pick<Settings, "model" | "weights">;

export function modelControl(store: SettingsStore): HTMLElement {
  const { key, label } = FIELDS.model;
  const select = make("select", { id: `beside-setting-${key}` });
  const choices = new Map<string, Choice>();
  const offer = ({ model, weights }: Choice, name: string) => {
    const value = modelKey({ model, weights });
    choices.set(value, { model, weights });
    const present = [...select.options].find((option) => option.value === value);
    if (present) present.text = name;
    else select.append(make("option", { value }, name));
  };
  let shown = "";
  void loadCatalogue().then(({ models }) => {
    for (const model of models) {
      const host = otherHost(model);
      const { id, name } = model;
      offer({ model: id, weights: undefined }, host === undefined ? name : fromHost(name, host));
    }
    select.value = shown;
  });
  select.addEventListener("change", () => store.change(choices.get(select.value) ?? {}));
  store.watch((settings) => {
    shown = modelKey(settings);
    if (!choices.has(shown)) offer(settings, modelText(settings));
    select.value = shown;
  });
  const hint = make("p", { id: `beside-hint-${key}`, className: "hint" }, words.modelHint);
  select.setAttribute("aria-describedby", hint.id);
  return make("div", { className: "setting" }, make("label", { htmlFor: select.id }, label), select, hint);
}
