/** The element in slides of reveal.js, whose keys, swipes and styles are after everything on a slide. */
import { spawnSync } from "node:child_process";
import puppeteer, { type Browser } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { focusOn, REVEAL, type Reader, type Standing, standing, writeDeck } from "./support/deck";
import { stage } from "./support/fixture";
import { builtSite } from "./support/mounts";
import { ScopePage } from "./support/scope-page";
import { QUICK, TheirPages } from "./support/their-pages";

const pages = new TheirPages();
const set = stage({ mounts: [pages, REVEAL, builtSite()] });
const firefox = ["firefox", "firefox-esr"]
  .map((name) => spawnSync("which", [name], { encoding: "utf8" }).stdout.trim())
  .find(Boolean);
const SCRIPT = '<script type="module" src="/vggscope.js"></script>';
const SCOPE = `<vgg-scope iterations="12" channels="0-7" controls="full" ${QUICK}></vgg-scope>${SCRIPT}`;

let program: Browser | undefined;

beforeAll(async () => {
  if (firefox)
    program = await puppeteer.launch({ browser: "firefox", executablePath: firefox, headless: true });
});

afterAll(() => program?.close());

const READERS: Record<string, (path: string) => Promise<Reader>> = {
  Chromium: async (path) => (await ScopePage.visit(set, {}, { path })).page,
  Firefox: async (path) => {
    if (!program) throw new Error("no Firefox");
    const page = await program.newPage();
    onTestFinished(() => page.close());
    await page.setViewport({ width: 1280, height: 800 });
    await page.goto(set.site.origin + path);
    return page as unknown as Reader;
  },
};

async function open(browser: string, style = ""): Promise<Reader> {
  const reader = await READERS[browser]?.(writeDeck(pages, SCOPE, style));
  if (!reader) throw new Error(`no ${browser}`);
  await expect
    .poll(() => reader.evaluate(() => document.querySelector<HTMLElement>("vgg-scope")?.dataset.state))
    .toBe("finished");
  await expect.poll(() => reader.evaluate(() => "deck" in globalThis)).toBe(true);
  return reader;
}

/** Presses keys one after the other, and tells where all is then. */
async function press(reader: Reader, ...keys: string[]): Promise<Standing> {
  for (const key of keys) await reader.keyboard.press(key);
  return standing(reader);
}

describe.each(firefox ? ["Chromium", "Firefox"] : ["Chromium"])("in a deck, in %s,", (browser) => {
  it("arrows walk through the pictures, also at their edges, and turn no slide", async () => {
    const reader = await open(browser);
    await focusOn(reader, '[data-channel="0"] a');
    expect(await press(reader, "ArrowRight", "ArrowRight")).toMatchObject({ focus: "2", slide: 1 });
    expect(await press(reader, "End", "ArrowRight")).toMatchObject({ focus: "7", slide: 1 });
    expect(await press(reader, "Home", "ArrowLeft", "ArrowUp")).toMatchObject({ focus: "0", slide: 1 });
  });

  it("a key that a picture or a button has no use for is the deck's", async () => {
    const reader = await open(browser);
    await focusOn(reader, '[data-channel="0"] a');
    expect((await press(reader, "n")).slide).toBe(2);
    expect((await press(reader, "p")).slide).toBe(1);
    await focusOn(reader, ".vgg-controls button");
    expect((await press(reader, "ArrowRight")).slide).toBe(2);
  });

  it("Space and Enter press Start", async () => {
    const reader = await open(browser);
    for (const key of [" ", "Enter"]) {
      await reader.evaluate(() => {
        const element = document.querySelector<HTMLElement>("vgg-scope");
        document.body.dataset.states = "";
        element?.addEventListener("vggscope-state", (event) => {
          document.body.dataset.states += `${(event as CustomEvent<string>).detail} `;
        });
      });
      await focusOn(reader, ".vgg-controls button");
      await press(reader, key);
      await expect
        .poll(() => reader.evaluate(() => document.body.dataset.states))
        .toMatch(/loading .*finished/);
      expect((await standing(reader)).slide).toBe(1);
    }
  });

  it("the slider's and the list's keys are theirs", async () => {
    const reader = await open(browser);
    await focusOn(reader, ".scrubber");
    expect(await press(reader, "ArrowLeft", "ArrowLeft")).toMatchObject({ place: "Step 10 of 12", slide: 1 });
    expect(await press(reader, "Home")).toMatchObject({ place: "Start of 12", slide: 1 });
    expect(await press(reader, "PageUp", "PageDown", "End", "End")).toMatchObject({
      place: "Step 12 of 12",
      slide: 1,
    });
    await focusOn(reader, "select");
    expect(await press(reader, "Home", "5", "n", "b")).toMatchObject({ slide: 1, paused: false });
  });

  it("all keys in the close view are its own, Escape closes it, and the next one is the deck's", async () => {
    const reader = await open(browser);
    await focusOn(reader, '[data-channel="3"] a');
    expect((await press(reader, "Enter")).open).toBe(true);
    const still = { open: true, slide: 1, overview: false, paused: false };
    expect(await press(reader, "ArrowRight", "ArrowDown", " ", "n", "b", "PageDown", "Home")).toMatchObject(
      still,
    );
    await focusOn(reader, "dialog .lens");
    expect(await press(reader, "ArrowRight", "ArrowUp")).toMatchObject(still);
    await focusOn(reader, "dialog .scrubber");
    expect(await press(reader, "ArrowLeft")).toMatchObject({ ...still, place: "Step 11 of 12" });
    const closed = { open: false, slide: 1, overview: false };
    expect(await press(reader, "Escape")).toMatchObject({ ...closed, focus: "3" });
    expect((await press(reader, "Escape")).overview).toBe(true);
  });

  it("the grid stands in rows, without bullets, within its slide", async () => {
    const reader = await open(browser);
    const grid = await reader.evaluate(() => {
      const box = (element: Element | null) => element?.getBoundingClientRect() ?? new DOMRect();
      const slide = box(document.querySelector("section.present"));
      const tiles = [...document.querySelectorAll("vgg-scope .vgg-tile")];
      return {
        tops: new Set(tiles.map((tile) => Math.round(box(tile).top))).size,
        lefts: new Set(tiles.map((tile) => Math.round(box(tile).left))).size,
        bullets: tiles.map((tile) => getComputedStyle(tile).display),
        within: tiles.every((tile) => box(tile).left >= slide.left - 1 && box(tile).right <= slide.right + 1),
        square: tiles.every((tile) => {
          const { width, height } = box(tile.querySelector("canvas"));
          return width > 20 && Math.abs(width - height) < 1;
        }),
      };
    });
    expect(grid).toEqual({ tops: 1, lefts: 8, bullets: Array(8).fill("block"), within: true, square: true });
  });
});

/** A page that takes keys wherever it can. */
const THIEF = `<script>
  globalThis.seen = [];
  const steal = (event) => {
    globalThis.seen.push(event.type + " " + event.key);
    if (globalThis.greedy) event.preventDefault();
  };
  for (const turn of ["keydown", "keypress", "keyup"]) {
    document.addEventListener(turn, steal, true);
    document.addEventListener(turn, steal);
    window.addEventListener(turn, steal);
    document.documentElement.addEventListener(turn, steal, true);
  }
</script>`;

declare global {
  var seen: string[];
  var greedy: boolean;
  var within: ShadowRoot;
}

it("a page that listens in whichever phase hears nothing of a key that the element uses, and all of others", async () => {
  const path = pages.write(`${THIEF}<p id="words">Words</p>${SCOPE}`);
  const { page } = await ScopePage.visit(set, {}, { path });
  await page.locator('vgg-scope[data-state="finished"]').waitFor();
  await page.evaluate(() => {
    globalThis.greedy = true;
  });
  await focusOn(page, '[data-channel="0"] a');
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  for (const key of ["ArrowRight", " ", "x", "Tab"]) await page.keyboard.press(key);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  expect(await page.evaluate(() => globalThis.seen)).toEqual([]);
  await page.keyboard.press("x");
  expect(new Set(await page.evaluate(() => globalThis.seen))).toEqual(new Set(["keydown x", "keyup x"]));
  await page.keyboard.press("Control+ArrowRight");
  expect(await page.evaluate(() => globalThis.seen)).toContain("keydown ArrowRight");
});

it("where a listener came first and prevented all it heard, Escape still closes and Space still presses", async () => {
  const first = `<script>window.addEventListener("keydown", (event) => event.preventDefault(), true)</script>`;
  const path = pages.write(`${first}${SCOPE}`);
  const scope = await ScopePage.visit(set, {}, { path });
  const { page } = scope;
  await scope.reaches("finished");
  await focusOn(page, '[data-channel="2"] a');
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  // The closed view gives the focus back to its picture in a turn of its own.
  await page.locator('[data-channel="2"] a:focus').waitFor();
  await focusOn(page, ".vgg-controls button");
  await page.keyboard.press(" ");
  await scope.reaches("loading");
  await scope.reaches("finished");
});

it("behind a closed shadow boundary of the page's its keys are its own as well", async () => {
  const path = pages.write(
    `${THIEF}<div id="host"></div><script>
      const root = document.getElementById("host").attachShadow({ mode: "closed" });
      root.innerHTML = ${JSON.stringify(SCOPE.replace(SCRIPT, ""))};
      globalThis.within = root;
    </script>${SCRIPT}`,
  );
  const { page } = await ScopePage.visit(set, {}, { path });
  await expect
    .poll(() => page.evaluate(() => within.querySelector("vgg-scope")?.dataset.state))
    .toBe("finished");
  await page.evaluate(() => within.querySelector("a")?.focus());
  await page.keyboard.press("ArrowRight");
  const focused = () => within.activeElement?.closest<HTMLElement>("[data-channel]")?.dataset.channel;
  expect(await page.evaluate(focused)).toBe("1");
});

it("dragging the slider and scrolling the close view turn no slide", async () => {
  const scope = await ScopePage.visit(set, {}, { path: writeDeck(pages, SCOPE), hasTouch: true });
  const { page } = scope;
  await scope.reaches("finished");
  await page.waitForFunction(() => "deck" in globalThis);
  const box = await page.locator(".scrubber").first().boundingBox();
  if (!box) throw new Error("no slider");
  const touch = await page.context().newCDPSession(page);
  const y = box.y + box.height / 2;
  const at = (share: number) => [{ x: box.x + share * box.width, y }];
  await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(0.95) });
  for (const share of [0.8, 0.6, 0.4, 0.3])
    await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(share) });
  await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  expect(await standing(page)).toMatchObject({ slide: 1 });
  expect((await standing(page)).place === "Step 12 of 12").toBe(false);
  await page.locator('[data-channel="1"] a').click();
  await page.getByRole("dialog").waitFor();
  await page.mouse.move(640, 400);
  await page.mouse.wheel(0, 300);
  await page.mouse.wheel(0, 300);
  expect(await standing(page)).toMatchObject({ slide: 1, open: true });
});

it("when its slide goes, the close view goes too, and the page is its reader's again", async () => {
  const scope = await ScopePage.visit(set, {}, { path: writeDeck(pages, SCOPE) });
  const { page } = scope;
  await scope.reaches("finished");
  await page.waitForFunction(() => "deck" in globalThis);
  await page.locator('[data-channel="1"] a').click();
  await page.getByRole("dialog").waitFor();
  await page.evaluate(() => {
    const slide = document.querySelector<HTMLElement>("section.present");
    if (slide) slide.style.display = "none";
  });
  await expect.poll(async () => (await standing(page)).open).toBe(false);
});
