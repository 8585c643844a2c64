/** The Quarto extension's shortcode takes what the element takes. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ATTRIBUTES } from "../src/element/attributes";
import { KEYS } from "../src/settings/table";

const SCRIPT = readFileSync(new URL("../../_extensions/vggscope/vggscope.lua", import.meta.url), "utf8");

/** The names in a list of the script. */
function namesOf(list: string): string[] {
  const body = new RegExp(`local ${list} = \\{([^}]*)\\}`).exec(SCRIPT)?.[1] ?? "";
  return [...body.matchAll(/"([^"]+)"/g)].map(([, name]) => name ?? "").sort();
}

it("the settings, which are in links too", () => {
  expect(namesOf("SETTINGS")).toEqual([...KEYS].sort());
});

it("and the attributes that are none", () => {
  expect(namesOf("OTHERS")).toEqual(ATTRIBUTES.filter((name) => !KEYS.includes(name)).sort());
});
