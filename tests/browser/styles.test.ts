/** The element among other people's styles: rules for kinds of elements move nothing in it, rules for its classes all win. */
import { expect, it } from "vitest";
import { stage } from "./support/fixture";
import { builtSite } from "./support/mounts";
import { ScopePage } from "./support/scope-page";
import { QUICK, TheirPages } from "./support/their-pages";

const pages = new TheirPages();
const set = stage({ mounts: [pages, builtSite()] });
const SCRIPT = '<script type="module" src="/vggscope.js"></script>';

/** Where each part lies within its element, in pixels. */
type Places = Record<string, number[]>;

async function places(style: string, more: string): Promise<Places> {
  const element = `<article><vgg-scope ${more} ${QUICK} channels="0-9"></vgg-scope></article>`;
  const body = `<div id="deck" class="deck" style="inline-size: 900px">${element}</div>${SCRIPT}`;
  const base = "<style>body { margin: 0; font: 16px/1.5 sans-serif }</style>";
  const page = await ScopePage.visit(set, {}, { path: pages.write(body, `${base}<style>${style}</style>`) });
  await page.page.locator('vgg-scope:is([data-state="finished"], [data-state="error"])').waitFor();
  return page.page.evaluate(() => {
    const scope = document.querySelector("vgg-scope");
    const whole = scope?.getBoundingClientRect() ?? new DOMRect();
    const inside = scope?.querySelector(".vgg-explorer")?.shadowRoot;
    const parts = [
      ...(scope?.querySelectorAll("*") ?? []),
      ...(inside?.querySelectorAll(".player, .player *") ?? []),
    ];
    const counts = new Map<string, number>();
    return Object.fromEntries(
      parts.map((part) => {
        const kind = `${part.parentElement?.className} > ${part.localName}.${part.getAttribute("class")}`;
        counts.set(kind, (counts.get(kind) ?? 0) + 1);
        const { left, top, width, height } = part.getBoundingClientRect();
        const place = [left - whole.left, top - whole.top, width, height].map(
          (value) => Math.round(value * 4) / 4,
        );
        return [`${kind} ${counts.get(kind)}`, place];
      }),
    );
  });
}

const LOUD =
  "margin: 37px; padding: 11px; float: left; inline-size: 40%; border: 5px solid red; font-size: 31px";
const KINDS =
  "ul, ol, li, dl, dt, dd, p, div, span, section, figure, figcaption, h1, h2, h3, label, input, output, nav, header";
const PICTURES = "img, canvas, svg, video";

/** Style sheets as they are, and as nobody would write them. */
const STRANGE: Record<string, string> = {
  "slides of reveal.js": `
    .deck ul { display: inline-block; list-style: disc; margin: 0 0 0 1em; text-align: left }
    .deck li { display: list-item } .deck p { margin: 20px 0; line-height: 1.3 }
    .deck img, .deck canvas { margin: 20px 0; max-width: 95%; max-height: 95% } .deck { text-align: center }
    .deck a { color: #2a76dd; text-decoration: none } .deck a:hover { border: none }`,
  "slides of Quarto": `
    .deck article > ul, .deck article ul { display: block; margin-left: 1em } .deck article ul li { margin-bottom: 0.25em }
    .deck article img, .deck article canvas { display: block; margin-left: auto; margin-right: auto; max-height: 40px }
    .deck article p { margin: 0.5rem 0 } .deck div, .deck span { line-height: 2 } .deck figure > figcaption { text-align: center }
    .deck a.external:after, .deck a[href]:after { content: ""; width: 20px; height: 20px; display: inline-block; margin-left: 5px }`,
  "a reset": `
    * { margin: 0; padding: 0; box-sizing: border-box }
    img, picture, video, canvas, svg { display: block; max-width: 100% } ul, ol { list-style: none }
    button { all: unset } p, li { max-width: 65ch }
    html, body, div, span, ul, li, canvas, figure { border: 0; font: inherit; vertical-align: baseline }`,
  Bootstrap: `
    *, ::after, ::before { box-sizing: border-box } ol, ul { padding-left: 2rem; margin-bottom: 1rem }
    p { margin-top: 0; margin-bottom: 1rem } img, svg { vertical-align: middle } label { display: inline-block }
    .deck a { text-decoration: underline } button { text-transform: none }`,
  "an article's": `
    article ul { list-style: square outside; margin: 2em 3em; padding-left: 40px } article li { margin: 1em 0; line-height: 2 }
    article li::before { content: "– " } article a { border-bottom: 2px solid; padding: 0 4px; display: inline-block }
    article a[href^="http"]::after { content: " ↗"; font-size: 20px } article canvas { border-radius: 3px; width: 500px }
    article { text-transform: uppercase; letter-spacing: 4px; text-indent: 3em; text-align: justify; white-space: pre }`,
  "a learning platform's in the dark": `
    #deck ${"div, #deck span, #deck ul, #deck li, #deck p"} { background: #222; margin: 8px; padding: 8px; position: relative; top: 5px }
    #deck canvas { position: absolute; inset: 0; height: 40px; min-width: 300px } #deck a { float: right; width: 50%; margin: 10px }
    #deck button { width: 100%; position: absolute; float: right; margin: 30px; max-width: 90px }`,
  "loud ones": `#deck :is(${KINDS}) { ${LOUD} } #deck :is(${PICTURES}) { ${LOUD}; border: 0; display: inline; position: fixed }
    #deck a { ${LOUD}; display: flex; position: sticky } #deck a::before { content: "link"; display: block }`,
  "important ones": `
    canvas, img { max-width: 50% !important; height: auto !important; margin: 1em auto !important; float: left !important }
    #deck ul, #deck li { display: list-item !important; margin: 20px !important } a { padding: 12px !important; display: inline !important }
    #deck button { width: 100% !important; margin: 12px !important; position: absolute !important }
    [hidden] { display: block }`,
  "what is not defined is hidden": ":not(:defined) { display: none }",
};

it.each(["minimal", "full"])("with %s controls, no style sheet moves a part", async (controls) => {
  const usual = await places("", `controls="${controls}"`);
  expect(Object.keys(usual).length).toBeGreaterThan(60);
  for (const [name, style] of Object.entries(STRANGE))
    expect.soft(await places(style, `controls="${controls}"`), name).toEqual(usual);
});

it("nor does it after an error, whose words and buttons keep their places", async () => {
  const more = 'weights="/nowhere/" loading="eager"';
  const usual = await places("", more);
  for (const [name, style] of Object.entries(STRANGE))
    expect.soft(await places(style, more), name).toEqual(usual);
});

it("rules for its classes win, with the element before them or alone", async () => {
  const style = `<style>
    .vgg-grid { grid-template-columns: repeat(2, 100px); gap: 7px; max-inline-size: none }
    .vgg-tile { padding: 5px } .vgg-frame { border-radius: 9px } .vgg-caption { display: none }
    vgg-scope .vgg-frame canvas { opacity: 0.5 } .vgg-controls { gap: 3px; margin: 1px }
    .vgg-message { padding: 2px } vgg-scope .vgg-message { color: rgb(1, 2, 3) }
    vgg-scope { --vgg-ink: rgb(4, 5, 6); font-size: 20px; text-align: end; display: inline-block; inline-size: 50% }
  </style>`;
  const body = `<vgg-scope ${QUICK} channels="0-3" seed="none"></vgg-scope>${SCRIPT}`;
  const page = await ScopePage.visit(set, {}, { path: pages.write(body, style) });
  await page.reaches("finished");
  const seen = await page.page.evaluate(() => {
    const of = (selector: string) => getComputedStyle(document.querySelector(selector) ?? document.body);
    return {
      columns: of(".vgg-grid").gridTemplateColumns,
      gap: of(".vgg-grid").rowGap,
      tile: of(".vgg-tile").paddingTop,
      frame: of(".vgg-frame").borderTopLeftRadius,
      caption: of(".vgg-caption").display,
      canvas: of(".vgg-frame canvas").opacity,
      controls: [of(".vgg-controls").columnGap, of(".vgg-controls").marginTop],
      message: [of(".vgg-message").paddingTop, of(".vgg-message").color],
      whole: [
        of("vgg-scope").color,
        of("vgg-scope").fontSize,
        of("vgg-scope").textAlign,
        of("vgg-scope").display,
      ],
    };
  });
  expect(seen).toEqual({
    columns: "100px 100px",
    gap: "7px",
    tile: "5px",
    frame: "9px",
    caption: "none",
    canvas: "0.5",
    controls: ["3px", "1px"],
    message: ["2px", "rgb(1, 2, 3)"],
    whole: ["rgb(4, 5, 6)", "20px", "end", "inline-block"],
  });
});

it.each([
  ["a row of boxes", "display: flex"],
  ["a grid that centres", "display: grid; place-items: center"],
  ["what is as wide as its content", "display: inline-block"],
  ["a cell of a table", "display: table-cell"],
])("in %s it has a width", async (_where, style) => {
  const body = `<div style="${style}"><vgg-scope ${QUICK} channels="0-7"></vgg-scope></div>${SCRIPT}`;
  for (const width of [1280, 360]) {
    const page = await ScopePage.visit(
      set,
      {},
      { path: pages.write(body), viewport: { width, height: 800 } },
    );
    await page.reaches("finished");
    const seen = await page.page.evaluate(() => ({
      width: document.querySelector("vgg-scope")?.clientWidth ?? 0,
      sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    }));
    expect(seen.width).toBeGreaterThan(Math.min(width * 0.8, 500));
    expect(seen.sideways).toBe(0);
  }
});
