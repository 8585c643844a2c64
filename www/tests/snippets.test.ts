/** What is to be pasted says what is on screen, whatever characters are in it. */
import { describe, expect, it } from "vitest";
import { type Embedding, SNIPPETS } from "../src/page/embed/snippets";
import { readLink } from "../src/settings/link";
import { initialSettings } from "../src/settings/table";
import type { SnippetKind } from "../src/words/embed";

const SITE = "https://example.org/vgg/";
const embedding = (changes: Partial<Embedding["settings"]> = {}): Embedding => ({
  settings: { ...initialSettings(), layer: "block3_conv1", channels: [0, 1, 2], ...changes },
  iteration: undefined,
  controls: "full",
  site: SITE,
});
const KINDS = Object.keys(SNIPPETS) as SnippetKind[];

describe("snippets", () => {
  it("the element: what is no default, the layer and the channels, and words for who has no scripting", () => {
    expect(SNIPPETS.element(embedding({ seed: 7 }))).toBe(
      `<script type="module" src="${SITE}vggscope.js"></script>
<vgg-scope layer="block3_conv1" channels="0-2" seed="7" controls="full">
  <a href="${SITE}#layer=block3_conv1&amp;channels=0-2&amp;seed=7">3 channels of VGG16’s block3_conv1, climbing</a>
</vgg-scope>
`,
    );
  });

  it("the frame: the link, and a script that gives it its height", () => {
    const snippet = SNIPPETS.frame(embedding({ channels: [4] }));
    const address = /src="([^"]+)"/.exec(snippet)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(address).toMatch(/^https:\/\/example\.org\/vgg\/embed\.html\?controls=full#/);
    expect(readLink(new URL(address).hash)).toMatchObject({
      settings: embedding({ channels: [4] }).settings,
      problems: [],
    });
    expect(snippet).toContain('title="Channel 4 of VGG16’s block3_conv1, climbing"');
    expect(snippet).toContain(`<script async src="${SITE}vggscope-frame.js"></script>`);
  });

  it("Quarto's shortcode, and a block of HTML for R Markdown whose script stays where it is", () => {
    expect(SNIPPETS.quarto(embedding())).toBe(
      `{{< vggscope site="${SITE}" layer="block3_conv1" channels="0-2" controls="full" >}}\n`,
    );
    const block = SNIPPETS.rmarkdown(embedding());
    expect(block).toMatch(/^```\{=html\}\n<script type="module" [^>]* data-external="1">/);
    expect(block.endsWith("\n```\n")).toBe(true);
  });

  it.each(KINDS)("%s: the iterate on screen, where it is not the newest", (kind) => {
    expect(SNIPPETS[kind]({ ...embedding(), iteration: 12 })).toMatch(/iteration="12"|&amp;iteration=12"/);
    expect(SNIPPETS[kind](embedding())).not.toMatch(/iteration[=]/);
  });

  it.each(KINDS)("%s: the weights' address means the same from another page", (kind) => {
    expect(SNIPPETS[kind](embedding({ weights: "../mine/" }))).toContain("https://example.org/mine/");
  });

  it("an address cannot leave its quotes", () => {
    const hostile = embedding({ weights: `x/"><script>alert(1)</script>` });
    for (const kind of KINDS) expect(SNIPPETS[kind](hostile)).not.toContain("<script>alert");
  });
});
