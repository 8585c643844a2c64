/** Quarto and R Markdown documents, rendered by pandoc as both do it, then opened: on a host of their own. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SNIPPETS } from "../../www/src/page/embed/snippets";
import { initialSettings } from "../../www/src/settings/table";
import type { SnippetKind } from "../../www/src/words/embed";
import { stage } from "./support/fixture";
import { Site } from "./support/host/site";
import { builtSite } from "./support/mounts";
import { ScopePage } from "./support/scope-page";
import { TheirPages } from "./support/their-pages";

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const EXTENSION = at("../../_extensions/vggscope/vggscope.lua");
const hasPandoc = spawnSync("pandoc", ["--version"]).status === 0;

const pages = new TheirPages();
const set = stage({ mounts: [builtSite("/sub/path/")], headers: { "access-control-allow-origin": "*" } });
let theirs: Site;
beforeAll(async () => {
  theirs = await Site.open({ mounts: [pages] });
});
afterAll(() => theirs.close());

const site = () => `${set.site.origin}/sub/path/`;

/** What pandoc makes of a document; its complaint where it fails. */
function pandoc(document: string, ...more: string[]): { made: string; complaint: string } {
  const { stdout, stderr } = spawnSync(
    "pandoc",
    ["--from", "markdown-smart", "--standalone", "--lua-filter", at("../quarto/shortcodes.lua"), ...more],
    { input: document, encoding: "utf8", env: { ...process.env, VGGSCOPE_EXTENSION: EXTENSION } },
  );
  // Newer and older pandocs differ in how they quote what a filter complains of.
  return { made: stdout, complaint: stderr.replaceAll('\\"', '"') };
}

function notes(): string {
  return readFileSync(at("../quarto/notes.qmd"), "utf8").replace("SITE", site());
}

async function visit(name: string, html: string): Promise<ScopePage> {
  return ScopePage.visit({ ...set, browser: set.browser, site: theirs }, {}, { path: pages.put(name, html) });
}

describe.skipIf(!hasPandoc)("with pandoc", () => {
  it.each([["as it is"], ["as one file", "--self-contained"]])(
    "a Quarto document %s: its shortcodes climb, with one script for both",
    async (_how, ...more) => {
      const { made } = pandoc(notes(), "--to", "html", ...more);
      expect(made.match(/vggscope\.js/g)).toHaveLength(1);
      const page = await visit(`quarto${more.length}.html`, made);
      for (const which of [0, 1])
        await expect
          .poll(() => page.page.locator("vgg-scope").nth(which).getAttribute("data-state"))
          .toBe("finished");
      expect((await page.drawnTiles(5)).map(({ channel }) => channel)).toEqual([0, 1, 2, 3, 5]);
      expect(await page.messages()).toEqual([]);
    },
  );

  it("in print it is a link to the same on the site, with its poster", () => {
    const poster = 'poster="first.png"';
    const document = notes().replace('channels="5"', `channels="5" ${poster}`);
    const { made } = pandoc(document, "--to", "latex");
    expect(made).toContain("first.png");
    expect(made.replaceAll("\\", "")).toContain(`${site()}#layer=block2_conv1&channels=5&width=24`);
    expect(made.includes("vgg-scope")).toBe(false);
  });

  it.each([
    ["layr=block1_conv2", /no attribute "layr"\. Known: site, model, weights, network, layer/],
    ["block1_conv2", /"block1_conv2" stands without a name/],
  ])("%s is refused by name", (wrong, complaint) => {
    const { complaint: said } = pandoc(
      `---\nvggscope-site: x\n---\n\n{{< vggscope ${wrong} >}}\n`,
      "--to",
      "html",
    );
    expect(said).toMatch(complaint);
  });

  it("a document that does not say where the site lies is told how to", () => {
    const { complaint } = pandoc('{{< vggscope layer="block1_conv2" >}}\n', "--to", "html");
    expect(complaint).toMatch(/where does the site lie\? Put "vggscope-site:/);
  });

  it.each(["rmarkdown", "quarto"] as const)(
    "what Embed writes for %s renders, also into one file",
    async (kind: SnippetKind) => {
      const settings = {
        ...initialSettings(),
        channels: [2, 4],
        width: 24,
        height: 24,
        iterations: 3,
        backend: "cpu" as const,
      };
      const snippet = SNIPPETS[kind]({ settings, iteration: undefined, controls: "full", site: site() });
      const document = readFileSync(at("../quarto/notes.Rmd"), "utf8").replace("SNIPPET", () => snippet);
      const page = await visit(`${kind}.html`, pandoc(document, "--to", "html", "--self-contained").made);
      await page.reaches("finished");
      expect((await page.drawnTiles(2)).map(({ channel }) => channel)).toEqual([2, 4]);
    },
  );
});

it("pandoc is there where all tests must run", () => {
  if (process.env.CI) expect(hasPandoc).toBe(true);
});
