/** Pages that ask for Trusted Types, and allow one policy of ours: nothing of the library writes HTML or code as text. */
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { openPage } from "./support/browser";
import { CloseView } from "./support/close-view";
import { firefox } from "./support/firefox";
import { endOf, firefoxPage, firefoxWith } from "./support/firefox-with";
import { stage } from "./support/fixture";
import { Site } from "./support/host/site";
import { builtSite } from "./support/mounts";
import { ScopePage, TWO_TILES } from "./support/scope-page";
import { TakePanel } from "./support/take-panel";
import { QUICK, TheirPages } from "./support/their-pages";

const ASKED = "require-trusted-types-for 'script'";
const set = stage({
  mounts: [builtSite("/")],
  headers: {
    "content-security-policy": `${ASKED}; trusted-types vggscope`,
    "access-control-allow-origin": "*",
  },
});

/** Somebody else's pages: with our policy allowed, and with none. */
const theirs = new TheirPages();
let allowing: Site;
let forbidding: Site;
beforeAll(async () => {
  const open = (policies: string) =>
    Site.open({
      mounts: [theirs],
      headers: { "content-security-policy": `${ASKED}; trusted-types ${policies}` },
    });
  allowing = await open("vggscope");
  forbidding = await open("'none'");
});
afterAll(async () => {
  await allowing.close();
  await forbidding.close();
});

const element = () =>
  theirs.write(
    `<vgg-scope ${QUICK} channels="0-1" controls="full"></vgg-scope><script type="module" src="${set.site.origin}/vggscope.js"></script>`,
  );

it("the page climbs, shows a channel closely, compares, saves, and is kept for visits without a network", async () => {
  const page = await ScopePage.visit(set, TWO_TILES, { serviceWorkers: "allow" });
  await page.reaches("finished");
  await page.furnished();
  const view = new CloseView(page);
  await view.tile(0).click();
  await view.dialog.locator(".charts .u-over").first().waitFor();
  await page.page.keyboard.press("Escape");
  await page.page.locator("#embed").click();
  await page.page.getByRole("dialog", { name: "Embed these pictures" }).waitFor();
  await page.page.keyboard.press("Escape");
  await page.page.locator(".code-place > summary").first().click();
  await page.page.locator(".code-place pre").first().waitFor();
  const panel = new TakePanel(page.page, "grid");
  await panel.open();
  for (const kind of ["PNG", "GIF", "WebM", "Iterates .npz"])
    expect((await panel.take(kind)).bytes.length).toBeGreaterThan(0);
  const scopes = () =>
    page.page.evaluate(async () =>
      (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => scope),
    );
  await expect.poll(scopes).toEqual([`${set.site.origin}/`]);
});

it("the element of another site climbs, with full controls", async () => {
  const { page, context, errors } = await openPage(set.browser);
  onTestFinished(() => context.close());
  await page.goto(allowing.origin + element());
  const state = () => page.locator("vgg-scope").getAttribute("data-state");
  await expect.poll(state, { timeout: 30_000 }).toMatch(/finished|error/);
  await page.locator(".vgg-frame > a").first().click();
  await page.locator("dialog .charts .u-over").first().waitFor();
  expect([await state(), await page.locator(".vgg-message").allInnerTexts(), errors]).toEqual([
    "finished",
    [],
    [],
  ]);
});

it("where the page allows no policy of that name, the element says so", async () => {
  const { page, context, errors } = await openPage(set.browser);
  onTestFinished(() => context.close());
  await page.goto(forbidding.origin + element());
  const message = page.locator(".vgg-message");
  await message.waitFor({ timeout: 20_000 });
  expect(await message.getAttribute("data-code")).toBe("engine-unavailable");
  expect(await message.innerText()).toMatch(/Trusted Types/);
  expect(errors).toEqual([]);
});

it.skipIf(!firefox.found)("page and element climb in Firefox", async () => {
  const browser = await firefoxWith({ "dom.security.trusted_types.enabled": true });
  for (const address of [
    `${set.site.origin}/#${new URLSearchParams(TWO_TILES)}`,
    allowing.origin + element(),
  ]) {
    const { page, errors } = await firefoxPage(browser, address);
    expect(await page.evaluate(() => "trustedTypes" in globalThis)).toBe(true);
    expect([await endOf(page), errors]).toEqual([{ state: "finished", messages: [] }, []]);
  }
});
