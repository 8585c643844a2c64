/** The choice of model for the other side: those that come with the page, and the ones that the link names. */
import { FIELDS } from "../../settings/table";
import * as words from "../../words/compare";
import { make } from "../dom";
import { SHIPPED } from "../models";
import type { Desk } from "../settings/form";

export function modelControl(desk: Desk): HTMLElement {
  const { key, label } = FIELDS.weights;
  const select = make("select", { id: `beside-setting-${key}` });
  for (const { folder, label: name } of SHIPPED) offer(select, folder, name);
  select.addEventListener("change", () => desk.change({ weights: select.value }));
  desk.watch(({ weights }) => {
    offer(select, weights, weights);
    select.value = weights;
  });
  const hint = make("p", { id: `beside-hint-${key}`, className: "hint" }, words.modelHint);
  select.setAttribute("aria-describedby", hint.id);
  return make("div", { className: "setting" }, make("label", { htmlFor: select.id }, label), select, hint);
}

function offer(select: HTMLSelectElement, value: string, name: string): void {
  const there = [...select.options].some((option) => option.value === value);
  if (!there) select.append(make("option", { value }, name));
}
