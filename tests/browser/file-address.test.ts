/** Pages opened from disk: a knitted document with the element works; where nothing can, words say what to do. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { openPage } from "./support/browser";
import { firefox } from "./support/firefox";
import { endOf, firefoxPage, firefoxWith } from "./support/firefox-with";
import { stage } from "./support/fixture";
import { builtSite } from "./support/mounts";
import { QUICK } from "./support/their-pages";

const set = stage({ mounts: [builtSite("/")], headers: { "access-control-allow-origin": "*" } });
const DIST = new URL("../../www/dist/", import.meta.url);

/** The address of a page on disk with the element of the site on a host. */
async function knitted(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vggscope-knitted-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "notes.html");
  const script = `<script type="module" src="${set.site.origin}/vggscope.js"></script>`;
  await writeFile(
    file,
    `<!doctype html><vgg-scope ${QUICK} channels="0-1" controls="full"></vgg-scope>${script}`,
  );
  return pathToFileURL(file).href;
}

it("a knitted page opened from disk climbs in Chromium", async () => {
  const { page, context, errors } = await openPage(set.browser);
  onTestFinished(() => context.close());
  await page.goto(await knitted());
  const state = () => page.locator("vgg-scope").getAttribute("data-state");
  await expect.poll(state, { timeout: 30_000 }).toMatch(/finished|error/);
  expect([await state(), await page.locator(".vgg-message").allInnerTexts(), errors]).toEqual([
    "finished",
    [],
    [],
  ]);
});

it.skipIf(!firefox.found)("a knitted page opened from disk climbs in Firefox", async () => {
  const { page, errors } = await firefoxPage(await firefoxWith({}), await knitted());
  expect([await endOf(page), errors]).toEqual([{ state: "finished", messages: [] }, []]);
});

/** What a reader sees: nothing that is still to come. */
const WORDS = /opened as a file from disk.*vggscope serve/s;

it.each(["index.html", "embed.html"])(
  "%s opened from disk says what to do, and promises nothing",
  async (name) => {
    const address = new URL(name, DIST).href;
    const { page, context } = await openPage(set.browser);
    onTestFinished(() => context.close());
    await page.goto(address);
    const words = await page.locator("body").innerText();
    expect(words).toMatch(WORDS);
    expect(/Looking for|Starting/.test(words)).toBe(false);
  },
);

it.skipIf(!firefox.found).each(["index.html", "embed.html"])(
  "%s opened from disk says so in Firefox too",
  async (name) => {
    const browser = await firefoxWith({});
    const { page } = await firefoxPage(browser, pathToFileURL(fileURLToPath(new URL(name, DIST))).href);
    const words = () => page.$eval("body", (body) => (body as HTMLElement).innerText);
    await expect.poll(words).toMatch(WORDS);
    expect(/Looking for|Starting/.test(await words())).toBe(false);
  },
);

it("on a host nobody sees those words, with scripts or without", async () => {
  for (const javaScriptEnabled of [true, false]) {
    for (const path of ["/", "/embed.html"]) {
      const { page, context } = await openPage(set.browser, { javaScriptEnabled });
      await page.goto(set.site.origin + path);
      expect(/cannot start here/.test(await page.locator("body").innerText())).toBe(false);
      await context.close();
    }
  }
});
