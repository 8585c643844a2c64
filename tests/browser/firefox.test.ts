/** The page and the element in Firefox, which has ways of its own: climbing, scrubbing, looking closely, taking away. */
import { spawnSync } from "node:child_process";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VggScopeElement } from "../../www/src/vggscope";
import { stage } from "./support/fixture";
import { builtSite } from "./support/mounts";
import { ScopePage } from "./support/scope-page";
import { QUICK, TheirPages } from "./support/their-pages";

const NAMES = ["firefox", "firefox-esr"];
const program = NAMES.map((name) => spawnSync("which", [name], { encoding: "utf8" }).stdout.trim()).find(
  Boolean,
);

const theirs = new TheirPages();
const set = stage({ mounts: [theirs, builtSite("/")] });
const SMALL = "backend=auto&layer=block1_conv2&channels=0-3&width=40&height=32&iterations=12";

/** A page of Firefox, with what went wrong in it. */
class FirefoxPage {
  readonly page: Page;
  readonly errors: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on("pageerror", (error) => this.errors.push(String(error)));
  }

  static async open(browser: Browser, address: string): Promise<FirefoxPage> {
    const opened = new FirefoxPage(await browser.newPage());
    await opened.page.setViewport({ width: 1280, height: 900 });
    await opened.page.goto(address);
    await opened.reaches("finished");
    return opened;
  }

  async reaches(state: string, which = "vgg-scope"): Promise<void> {
    const found = await this.page.waitForFunction(
      (selector) => {
        const now = document.querySelector<HTMLElement>(selector)?.dataset.state ?? "";
        return ["finished", "error", "stopped"].includes(now) && now;
      },
      { timeout: 30_000 },
      which,
    );
    const message = await this.page.evaluate(() => document.querySelector(".vgg-message")?.textContent ?? "");
    expect([await found.jsonValue(), message]).toEqual([state, ""]);
  }

  async close(): Promise<void> {
    await this.page.close();
    expect(this.errors).toEqual([]);
  }
}

/** Runs in a page: bytes of a tile's canvas, and those that the run has of its last step. */
async function lastPicture(channel: number): Promise<{ shown: number[]; kept: number[] }> {
  const element = document.querySelector("vgg-scope") as VggScopeElement;
  const canvas = element.querySelector<HTMLCanvasElement>(`[data-channel="${channel}"] canvas`);
  const kept = await element.run?.iterate(channel, 12);
  const eye = new OffscreenCanvas(40, 32).getContext("2d");
  if (!canvas || !eye || !kept) throw new Error("nothing to look at");
  // A worker's canvas comes to the page with one of the next frames.
  await new Promise((resolve) => setTimeout(resolve, 300));
  eye.drawImage(canvas, 0, 0);
  return { shown: [...eye.getImageData(0, 0, 40, 32).data], kept: [...kept.rgba] };
}

describe.skipIf(!program)("in Firefox", () => {
  let firefox: Browser;
  beforeAll(async () => {
    firefox = await puppeteer.launch({ browser: "firefox", executablePath: program ?? "", headless: true });
  });
  afterAll(() => firefox.close());

  it("a grid climbs, and its pictures are those of Chromium to the byte", async () => {
    const there = await FirefoxPage.open(firefox, `${set.site.origin}/#${SMALL}`);
    const here = await ScopePage.visit(set, Object.fromEntries(new URLSearchParams(SMALL)));
    await here.reaches("finished");
    for (const channel of [0, 3]) {
      const { shown, kept } = await there.page.evaluate(lastPicture, channel);
      expect(shown).toEqual(kept);
      expect(kept).toEqual((await here.page.evaluate(lastPicture, channel)).kept);
    }
    await there.close();
  });

  it("every tile goes to the step chosen, and back", async () => {
    const there = await FirefoxPage.open(firefox, `${set.site.origin}/#${SMALL}`);
    await there.page.focus(".scrubber");
    await there.page.keyboard.press("Home");
    const words = () =>
      there.page.$$eval(".vgg-iteration", (parts) => parts.map(({ textContent }) => textContent));
    await expect.poll(words).toEqual(Array(4).fill("start"));
    await there.page.keyboard.press("End");
    await expect.poll(words).toEqual(Array(4).fill("step 12"));
    await there.close();
  });

  it("a channel is seen closely, beside other settings", async () => {
    const there = await FirefoxPage.open(firefox, `${set.site.origin}/#${SMALL}&channel=2&beside=step:l2`);
    await there.reaches("finished", "dialog vgg-scope");
    await there.page.waitForSelector("dialog .insides:not([data-stale])");
    await there.page.waitForSelector("dialog .compare-curves .u-over");
    const readings = await there.page.$eval("dialog .readings", ({ textContent }) => textContent);
    expect(readings).toMatch(/Valuered -?\d.*Gradientred -?\d.*Feature map-?\d/);
    await there.close();
  });

  it.each([
    ["PNG", "image/png"],
    ["GIF", "image/gif"],
    ["WebM", "video/webm"],
    ["Iterates .npz", "application/octet-stream"],
    ["Measures .csv", "text/csv"],
    ["Settings .json", "application/json"],
  ])("takes away %s", async (name, type) => {
    const there = await FirefoxPage.open(firefox, `${set.site.origin}/#${SMALL}`);
    await there.page.evaluate(() => {
      const made: Blob[] = [];
      Object.assign(globalThis, { made });
      const create = URL.createObjectURL;
      URL.createObjectURL = (blob) => {
        if (blob instanceof Blob) made.push(blob);
        return create(blob);
      };
    });
    await there.page.waitForSelector(".take summary");
    await there.page.click(".take summary");
    const pressed = await there.page.waitForFunction(
      (wanted) => {
        const button = [...document.querySelectorAll<HTMLButtonElement>(".take button")].find((candidate) =>
          candidate.textContent?.includes(wanted),
        );
        button?.click();
        return button?.textContent;
      },
      {},
      name,
    );
    expect(await pressed.jsonValue()).toContain(name);
    const blobs = () =>
      there.page.evaluate(() =>
        (globalThis as unknown as { made: Blob[] }).made.map(({ size, type: kind }) => ({ size, kind })),
      );
    await expect
      .poll(async () => (await blobs()).find(({ kind }) => kind.startsWith(type))?.size ?? 0, {
        timeout: 20_000,
      })
      .toBeGreaterThan(100);
    await there.close();
  });

  it("the element climbs in another page, with full controls", async () => {
    const body = `<vgg-scope ${QUICK} channels="0-2" controls="full"></vgg-scope><script type="module" src="/vggscope.js"></script>`;
    const there = await FirefoxPage.open(firefox, set.site.origin + theirs.write(body));
    const words = await there.page.$$eval(".vgg-iteration", (parts) =>
      parts.map(({ textContent }) => textContent),
    );
    expect(words).toEqual(Array(3).fill("step 3"));
    await there.close();
  });
});

it("Firefox is there where all tests must run", () => {
  if (process.env.CI) expect(program).toBeDefined();
});
