/** The documentation in the site: linked from the page, whole, alive where it describes what is alive, and for everyone. */
import axe from "axe-core";
import { expect, it, onTestFinished } from "vitest";
import { openPage } from "./support/browser";
import { stage } from "./support/fixture";
import { builtSite } from "./support/mounts";

const set = stage({ mounts: [builtSite("/sub/path/")] });
const PAGES = ["teachers", "models", "embedding", "hosting", "api"];
/** Pictures of each element on a page. */
const ALIVE: Readonly<Record<string, readonly number[]>> = { teachers: [1, 16, 8, 8], embedding: [8] };
const VIEWS = [
  [360, "light"],
  [1280, "dark"],
] as const;

it.each(PAGES.flatMap((name) => VIEWS.map(([width, scheme]) => [name, width, scheme] as const)))(
  "%s at %i pixels, %s: no violation, no sideways scrolling, no dead link",
  async (name, width, colorScheme) => {
    const { page, context } = await openPage(set.browser, { viewport: { width, height: 800 }, colorScheme });
    onTestFinished(() => context.close());
    const address = `${set.site.origin}/sub/path/docs/${name}.html`;
    await page.goto(address);
    expect(await page.locator("h1").count()).toBe(1);
    // Only what shows the element runs a script.
    expect((await page.locator("script").count()) > 0).toBe(name in ALIVE);
    expect(await page.locator('[aria-current="page"]').count()).toBe(1);
    const sideways = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await sideways()).toBe(0);
    const links = await page
      .locator("a[href]")
      .evaluateAll((all) => (all as HTMLAnchorElement[]).map(({ href }) => href));
    for (const href of new Set(links.map((link) => link.split("#")[0] ?? ""))) {
      if (!href.startsWith(set.site.origin)) continue;
      expect((await page.request.get(href)).status(), href).toBe(200);
    }
    const missing = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')]
        .map(({ hash }) => hash.slice(1))
        .filter((id) => !document.getElementById(id)),
    );
    expect(missing).toEqual([]);
    await page.evaluate(axe.source);
    const violations = await page.evaluate(async () => {
      const { violations: found } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document);
      return found.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(" | ")}`,
      );
    });
    expect(violations).toEqual([]);
    if (process.env.PICTURES)
      await page.screenshot({
        path: `${process.env.PICTURES}/docs-${name}-${width}.png`,
        fullPage: name !== "api",
      });
  },
);

it.each(Object.entries(ALIVE))(
  "the elements on %s climb when they come into sight",
  async (name, pictures) => {
    const { page, context, errors } = await openPage(set.browser, { viewport: { width: 800, height: 400 } });
    onTestFinished(() => context.close());
    await page.goto(`${set.site.origin}/sub/path/docs/${name}.html`);
    const elements = page.locator("vgg-scope");
    expect(await elements.count()).toBe(pictures.length);
    for (const [at, count] of pictures.entries()) {
      const element = elements.nth(at);
      await element.scrollIntoViewIfNeeded();
      await expect.poll(() => element.locator(".vgg-tile").count(), { timeout: 30_000 }).toBe(count);
      await expect
        .poll(() => element.getAttribute("data-state"), { timeout: 30_000 })
        .toMatch(/running|finished/);
    }
    expect(errors).toEqual([]);
  },
);

it("the reference has every option, event and error code", async () => {
  const { page, context } = await openPage(set.browser);
  onTestFinished(() => context.close());
  await page.goto(`${set.site.origin}/sub/path/docs/api.html`);
  const text = await page.locator("main").innerText();
  for (const name of [
    "allowFullDownload",
    "learningRate",
    "vggscope-progress",
    "weights-needs-full-download",
    "ascend(",
  ])
    expect(text).toContain(name);
  expect(/@link|#private|^\s*\*/m.test(text)).toBe(false);
});
