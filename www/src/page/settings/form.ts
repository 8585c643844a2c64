/** The settings behind the presets, each control made from its row of the table. */

import { make, write } from "../../dom/dom";
import type { Field } from "../../settings/field";
import { clash, fieldOf, type SettingName, type Settings } from "../../settings/table";
import * as words from "../../words/settings-form";

/** In this order; model and layer have controls of their own. */
const SHOWN: readonly SettingName[] = [
  "channels",
  "width",
  "height",
  "iterations",
  "learningRate",
  "step",
  "preprocessing",
  "startFrom",
  "seed",
  "backend",
];

/** Where controls take values from and give them to. */
export interface SettingsStore {
  watch(listener: (settings: Settings) => void): void;
  change(changes: Partial<Settings>): void;
}

export function showSettings(form: HTMLFormElement, store: SettingsStore): void {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.append(...SHOWN.map((name) => control(name, store)));
}

/** The control of one setting, made from its row of the table; `prefix` tells its ids from those of another. */
export function control(name: SettingName, store: SettingsStore, prefix = ""): HTMLElement {
  const field = fieldOf(name);
  const input = field.choices ? select(field.choices) : textInput(field);
  const meaning = make("span", {});
  const hint = make("p", { id: `${prefix}hint-${field.key}`, className: "hint" }, field.hint, " ", meaning);
  const error = make("p", { id: `${prefix}error-${field.key}`, className: "field-error" });
  error.setAttribute("role", "alert");
  input.id = `${prefix}setting-${field.key}`;
  input.setAttribute("aria-describedby", `${hint.id} ${error.id}`);
  const complain = (message: string) => {
    input.setAttribute("aria-invalid", String(message !== ""));
    write(error, message);
  };
  let others: Settings | undefined;
  input.addEventListener("change", () => {
    const reading = field.read(input.value);
    if (!reading.ok) return complain(refusal(field, input.value, reading.why));
    // The value was read by the field of this very name.
    const change = { [name]: reading.value } as Partial<Settings>;
    const problem = others ? clash(name, { ...others, ...change }) : "";
    complain(problem);
    if (problem === "") store.change(change);
  });
  store.watch((settings) => {
    others = settings;
    input.value = field.write(settings[name]);
    write(meaning, field.choices?.find(({ value }) => value === input.value)?.meaning ?? "");
    complain("");
  });
  return make(
    "div",
    { className: "setting" },
    make("label", { htmlFor: input.id }, field.label),
    input,
    hint,
    error,
  );
}

function refusal({ label, allowed }: Field<unknown>, text: string, why: string): string {
  return words.refused(label, text, why, allowed);
}

function select(choices: NonNullable<Field<unknown>["choices"]>): HTMLSelectElement {
  return make("select", {}, ...choices.map(({ value, label }) => make("option", { value }, label)));
}

function textInput({ bounds }: Field<unknown>): HTMLInputElement {
  if (!bounds) return make("input", { type: "text", autocomplete: "off", spellcheck: false });
  const { min, max, step } = bounds;
  return make("input", {
    type: "number",
    min: String(min),
    max: String(max),
    step: String(step),
    inputMode: "decimal",
  });
}
