/** The site is replaced by a newer edition while a tab of the old one is open: what is gone is named, and reloading offered. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CloseView } from "./support/close-view";
import { stage } from "./support/fixture";
import { Site } from "./support/host/site";
import { builtSite, type Mount } from "./support/mounts";
import { ScopePage, TWO_TILES } from "./support/scope-page";
import { dropFile, TakePanel } from "./support/take-panel";
import { QUICK, TheirPages } from "./support/their-pages";

/** What the host has: the edition that the tab runs; a newer one; nothing of the old one, and the same edition still named. */
let host: "old" | "new" | "damaged" = "old";
/** What the host answers for what it does not have: 404, or the page again. */
let missing: "404" | "page" = "404";

const built = builtSite("/");
const deployed: Mount = {
  prefix: "/",
  read: async (path) => {
    if (host === "old") return built.read(path);
    if (host === "new" && path === "edition.json") return Buffer.from('{"edition":"another"}');
    if (!path.startsWith("assets/")) return built.read(path);
    return missing === "page" ? built.read("index.html") : undefined;
  },
};
const set = stage({ mounts: [deployed], headers: { "access-control-allow-origin": "*" } });

const theirs = new TheirPages();
let elsewhere: Site;
beforeAll(async () => {
  elsewhere = await Site.open({ mounts: [theirs] });
});
afterAll(() => elsewhere.close());
beforeEach(() => {
  host = "old";
  missing = "404";
});

const NEWER = /A newer version of vggscope has replaced.*Reload the page/s;

/** Nothing that the page loads after its pictures is there yet: as a reader meets it who has not opened anything. */
async function drawn(): Promise<ScopePage> {
  const page = await ScopePage.visit(set, TWO_TILES);
  await page.reaches("finished");
  await page.furnished();
  await page.page.waitForLoadState("networkidle");
  return page;
}

describe.each(["404", "page"] as const)("the host answers %s for files of the old edition", (answer) => {
  beforeEach(() => {
    missing = answer;
  });

  it("a tile opens; its curves are missing, in words, with a button that reloads; what is drawn stays", async () => {
    const page = await drawn();
    host = "new";
    const view = new CloseView(page);
    await view.tile(0).click();
    const panel = view.dialog.locator('.vgg-message[data-code="site-updated"]');
    await expect.poll(() => panel.innerText()).toMatch(NEWER);
    expect(await page.drawnTiles(2)).toHaveLength(2);
    host = "old";
    const again = page.page.waitForEvent("load");
    await panel.getByRole("button", { name: "Reload the page" }).click();
    await again;
    await view.dialog.locator(".charts .u-over").first().waitFor({ timeout: 30_000 });
  });

  it("what is opened later says so, each in its place", async () => {
    const page = await drawn();
    host = "new";
    await page.page.locator("#embed").click();
    const notice = page.page.locator("#notices .vgg-message");
    await expect.poll(() => notice.innerText()).toMatch(NEWER);
    await page.page.locator(".code-place > summary").first().click();
    await expect.poll(() => page.page.locator(".code-place").first().innerText()).toMatch(NEWER);
    const panel = new TakePanel(page.page, "grid");
    await panel.open();
    for (const kind of ["PNG", "GIF"]) {
      await panel.button(kind).click();
      await expect.poll(() => panel.said()).toMatch(NEWER);
      await panel.element.getByRole("button", { name: "Reload the page" }).waitFor();
    }
    expect(await page.drawnTiles(2)).toHaveLength(2);
  });

  it("a file that needs a reader of its own, and another climb on a new engine", async () => {
    const page = await drawn();
    host = "new";
    // The first bytes of HDF5, whose reader is loaded with the first such file.
    await dropFile(page.page, "model.h5", Buffer.from("894844460d0a1a0a", "hex"));
    const message = page.page.locator('.vgg-message[data-code="site-updated"]');
    await expect.poll(() => message.innerText(), { timeout: 30_000 }).toMatch(NEWER);
    await message.getByRole("button", { name: "Reload the page" }).waitFor();
  });

  it("an embedding page: the close view of an element", async () => {
    const path = theirs.write(
      `<vgg-scope ${QUICK} channels="0-1" controls="full"></vgg-scope><script type="module" src="${set.site.origin}/vggscope.js"></script>`,
    );
    const page = await ScopePage.visit({ ...set, browser: set.browser, site: elsewhere }, {}, { path });
    await page.reaches("finished");
    host = "new";
    await page.page.locator(".vgg-frame > a").first().click();
    const panel = page.page.locator('dialog .vgg-message[data-code="site-updated"]');
    await expect.poll(() => panel.innerText()).toMatch(NEWER);
    expect(await page.drawnTiles(2)).toHaveLength(2);
  });

  it("an embedding page: an element that begins later", async () => {
    const path = theirs.write(
      `<div style="block-size: 4000px">Many words.</div><vgg-scope ${QUICK} channels="0-1"></vgg-scope><script type="module" src="${set.site.origin}/vggscope.js"></script>`,
    );
    const page = await ScopePage.visit({ ...set, browser: set.browser, site: elsewhere }, {}, { path });
    await page.page.locator("vgg-scope .vgg-tile").first().waitFor({ state: "attached" });
    host = "new";
    await page.page.locator("vgg-scope").scrollIntoViewIfNeeded();
    const panel = page.page.locator('.vgg-message[data-code="site-updated"]');
    await expect.poll(() => panel.innerText()).toMatch(NEWER);
    expect((await page.messages()).length).toBe(1);
  });
});

it("a broken connection is still called one, and trying again helps once it is back", async () => {
  const page = await drawn();
  await page.context.setOffline(true);
  const view = new CloseView(page);
  await view.tile(0).click();
  const panel = view.dialog.locator(".charts .vgg-message");
  await expect.poll(() => panel.innerText()).toMatch(/Check the connection/);
  expect(NEWER.test(await panel.innerText())).toBe(false);
  await page.context.setOffline(false);
});

it("files that are missing although the edition is the same are not called a newer version", async () => {
  const page = await drawn();
  host = "damaged";
  await page.page.locator("#embed").click();
  const notice = page.page.locator("#notices .vgg-message");
  await expect.poll(() => notice.innerText()).toMatch(/could not be loaded/);
  expect(NEWER.test(await notice.innerText())).toBe(false);
});

it("the site's edition file names what its scripts believe to be", async () => {
  const { edition } = (await (await fetch(`${set.site.origin}/edition.json`)).json()) as { edition: string };
  expect(edition).toMatch(/^[0-9a-f]{16}$/);
  const page = await ScopePage.visit(set, TWO_TILES);
  await page.reaches("finished");
  const scripts = await page.page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .map(({ name }) => name)
      .filter((name) => name.endsWith(".js")),
  );
  const texts = await Promise.all(scripts.map(async (script) => (await fetch(script)).text()));
  expect(texts.filter((text) => text.includes(edition))).toHaveLength(1);
});
