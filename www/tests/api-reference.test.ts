/** The API reference has whatever is public, with its documentation, and nothing that is not. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { apiReference, FILES } from "../scripts/api-reference.ts";

const reference = apiReference();
const sources = FILES.map((name) => readFileSync(new URL(`../src/${name}.ts`, import.meta.url), "utf8"));
const exported = sources.flatMap((source) =>
  [...source.matchAll(/^export (?:interface|type|class) (\w+)/gm)].map(([, name]) => name ?? ""),
);

describe("the API reference", () => {
  it("has a section, and a link to it, for every export", () => {
    expect(exported.length).toBeGreaterThan(30);
    for (const name of exported) {
      expect(reference).toContain(`\n## ${name}\n`);
      expect(reference).toContain(`- [${name}](#${name.toLowerCase()}), `);
    }
  });

  it("shows signatures without what they do, and nothing private", () => {
    expect(reference).toContain("static async open(options: OpenOptions = {}): Promise<Vggscope>\n```");
    expect(reference).toContain("get backend(): Backend\n```");
    expect(reference).not.toMatch(/this\.#|private constructor|AnyAscendOptions/);
  });

  it("makes links of what the comments refer to", () => {
    expect(reference).toContain("[Vggscope.open](#vggscope)");
    expect(reference).not.toContain("{@link");
  });
});
