/** Browsers that keep nothing for the site, or not all of it: everything works, and at most a line says what is not kept. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Frame, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { ARGUMENTS, PROGRAM } from "./support/browser";
import { firefox } from "./support/firefox";
import { endOf, firefoxPage, firefoxWith } from "./support/firefox-with";
import { stage } from "./support/fixture";
import { Site } from "./support/host/site";
import { builtSite, type Mount } from "./support/mounts";
import { ScopePage, TWO_TILES } from "./support/scope-page";
import { QUICK, TheirPages } from "./support/their-pages";

/** Put in front of every worker's script. */
let before = "";
const built = builtSite("/");
const deniedInWorkers: Mount = {
  prefix: "/",
  read: async (path) => {
    const file = await built.read(path);
    if (!file || !/^assets\/worker-.*\.js$/.test(path)) return file;
    return Buffer.concat([Buffer.from(before), Buffer.from(file.subarray(0, file.length))]);
  },
};
const set = stage({ mounts: [deniedInWorkers] });

/** Another origin that embeds the site. */
const theirs = new TheirPages();
let site: Site;
let elsewhere: Site;
beforeAll(async () => {
  site = await Site.open({ mounts: [built], headers: { "access-control-allow-origin": "*" } });
  elsewhere = await Site.open({ mounts: [theirs] });
});
afterAll(async () => {
  await site.close();
  await elsewhere.close();
});

/** Runs in page and worker, before anything else there: takes a thing away from the site, in one of the ways of browsers. */
function deny(kind: string, how: string): void {
  const refusal = () => new DOMException("denied", "SecurityError");
  const throwing = () => {
    throw refusal();
  };
  const thing = (owner: object, name: string, methods: string[]) => ({ owner, name, methods });
  const things = {
    locks: thing(navigator, "locks", ["request", "query"]),
    caches: thing(globalThis, "caches", ["open", "has", "keys", "match", "delete"]),
    entries: thing(Cache, "prototype", ["match", "matchAll", "put", "delete", "keys"]),
    serviceWorker: thing(navigator, "serviceWorker", ["register", "getRegistrations"]),
    localStorage: thing(globalThis, "localStorage", ["getItem", "setItem"]),
    indexedDB: thing(globalThis, "indexedDB", ["open", "databases"]),
  };
  const own = (owner: object, name: string, what: PropertyDescriptor) =>
    Object.defineProperty(owner, name, { ...what, configurable: true });
  const answer = how === "rejecting" ? () => Promise.reject(refusal()) : throwing;
  const ways: Record<string, PropertyDescriptor> = {
    absent: { value: undefined },
    throwing: { get: throwing },
  };
  const denied = Object.entries(things).filter(([name]) => kind === name || kind === "all");
  // A worker has no local storage, and less of the others.
  for (const [, { owner, name, methods }] of denied.filter(([, one]) => Reflect.has(one.owner, one.name))) {
    const there = Reflect.get(owner, name) as object;
    const whole = name === "prototype" ? undefined : ways[how];
    if (whole) own(owner, name, whole);
    else for (const method of methods) own(there, method, { value: answer });
  }
}

const KINDS = ["locks", "caches", "entries", "serviceWorker", "localStorage", "indexedDB", "all"];
const WAYS = ["absent", "throwing", "refusing when asked", "rejecting"];

/** What a visitor is told: panels, and notes on the model. */
async function told(page: ScopePage): Promise<string[]> {
  const notes = await page.page.locator("#model-notes").innerText();
  const panels = (await page.messages()).map(({ text }) => text);
  return [...panels, ...notes.split("\n")].filter((line) => line.trim() !== "");
}

describe.each(KINDS)("denied: %s", (kind) => {
  it.each(WAYS)("%s", async (how) => {
    before = `(${deny})(${JSON.stringify(kind)}, ${JSON.stringify(how)});`;
    const { page, context, errors } = await openDenied(kind, how);
    onTestFinished(() => context.close());
    await page.reaches("finished");
    await page.furnished();
    // Another layer: more weights come, and what was kept is asked for again.
    await page.link({ layer: "block2_conv1" });
    await page.reaches("finished");
    expect(await page.drawnTiles(2)).toHaveLength(2);
    expect((await told(page)).length).toBeLessThanOrEqual(1);
    await page.sheet("model");
    await page.page.locator("#clear-cache").click();
    await expect
      .poll(() => page.page.locator("#cache-said").innerText())
      .toMatch(/cleared|nothing to clear/i);
    expect(await page.page.locator("#cache-line").innerText()).toMatch(/^Cached weights: /);
    expect(errors).toEqual([]);
  });
});

async function openDenied(kind: string, how: string) {
  const context = await set.browser.newContext();
  await context.addInitScript(`(${deny})(${JSON.stringify(kind)}, ${JSON.stringify(how)});`);
  const page = await ScopePage.within(context, `${set.site.origin}/#${new URLSearchParams(TWO_TILES)}`);
  return { page, context, errors: page.errors };
}

/** The site's page, the element on another origin, and the frame there. */
function places(): readonly [name: string, address: string][] {
  const script = `<script type="module" src="${site.origin}/vggscope.js"></script>`;
  const element = theirs.write(`<vgg-scope ${QUICK} channels="0-1"></vgg-scope>${script}`);
  const frame = theirs.write(
    `<iframe src="${site.origin}/embed.html#${new URLSearchParams(TWO_TILES)}" width="800" height="500"></iframe>`,
  );
  return [
    ["page", `${site.origin}/#${new URLSearchParams(TWO_TILES)}`],
    ["element", elsewhere.origin + element],
    ["frame", elsewhere.origin + frame],
  ];
}

it("Chromium set to let no site keep anything: page, element and frame climb", async () => {
  const profile = await mkdtemp(join(tmpdir(), "vggscope-profile-"));
  onTestFinished(() => rm(profile, { recursive: true, force: true, maxRetries: 5 }));
  await mkdir(join(profile, "Default"));
  const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(join(profile, "Default", "Preferences"), JSON.stringify(settings));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: PROGRAM,
    args: ARGUMENTS,
    headless: true,
  });
  onTestFinished(() => context.close());
  for (const [name, address] of places()) {
    const { page, errors } = await visit(context, address);
    const scoped = await frameWithScope(page);
    const end = () => scoped.locator("vgg-scope").getAttribute("data-state");
    await expect.poll(end, { message: name, timeout: 30_000 }).toMatch(/finished|error/);
    const messages = await scoped.locator(".vgg-message").allInnerTexts();
    expect([name, await end(), messages, errors]).toEqual([name, "finished", [], []]);
    // That the setting is what it is meant to be.
    expect(await scoped.evaluate(() => navigator.locks.query().catch(({ name }: Error) => name))).toBe(
      "SecurityError",
    );
    await page.close();
  }
});

async function visit(context: BrowserContext, address: string): Promise<{ page: Page; errors: string[] }> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", ({ message }) => errors.push(message));
  await page.goto(address);
  return { page, errors };
}

/** The page itself, or the one frame in it. */
async function frameWithScope(page: Page): Promise<Frame> {
  const [main, inner] = page.frames();
  if (!main) throw new Error("a page without a frame");
  return inner ?? main;
}

it.skipIf(!firefox.found)(
  "Firefox set to let no site keep anything: page, element and frame climb",
  async () => {
    const browser = await firefoxWith({ "network.cookie.cookieBehavior": 2 });
    for (const [name, address] of places()) {
      const { page, errors } = await firefoxPage(browser, address);
      const frame = page.frames().find((one) => one.url().includes("embed.html")) ?? page.mainFrame();
      expect([name, await endOf(frame), errors]).toEqual([name, { state: "finished", messages: [] }, []]);
      await page.close();
    }
  },
);
