/** The page and the element in Firefox and in Safari's engine, which have ways of their own: what Chromium does, they do. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VggScopeElement } from "../../www/src/vggscope";
import { firefox } from "./support/firefox";
import { stage } from "./support/fixture";
import { builtSite, watched } from "./support/mounts";
import type { OtherBrowser } from "./support/other-page";
import { OtherScope } from "./support/other-scope";
import { ScopePage } from "./support/scope-page";
import { TakePanel } from "./support/take-panel";
import { QUICK, TheirPages } from "./support/their-pages";
import { webkit } from "./support/webkit";

const theirs = new TheirPages();
const set = stage({ mounts: [watched(theirs), watched(builtSite("/"))] });
const LINK = {
  backend: "auto",
  layer: "block1_conv2",
  channels: "0-3",
  width: "40",
  height: "32",
  iterations: "12",
};
const SMALL = String(new URLSearchParams(LINK));

interface ChannelIterate {
  channel: number;
  iteration: number;
}

/** Runs in a page: an iterate as the run has it, its picture and its exact values. */
async function iterate({
  channel,
  iteration,
}: ChannelIterate): Promise<{ rgba: number[]; pixels: number[] }> {
  const run = document.querySelector<VggScopeElement>("vgg-scope")?.run;
  const kept = await run?.iterate(channel, iteration);
  return { rgba: [...(kept?.rgba ?? [])], pixels: [...((await kept?.pixels()) ?? [])] };
}

/** Runs in a page: bytes of what a tile shows. A canvas that a worker draws on can only be drawn on another. */
function shown(channel: number): number[] {
  const canvas = document.querySelector<HTMLCanvasElement>(`[data-channel="${channel}"] canvas`);
  const eye = new OffscreenCanvas(40, 32).getContext("2d");
  if (!canvas || !eye) throw new Error("nothing to look at");
  eye.drawImage(canvas, 0, 0);
  return [...eye.getImageData(0, 0, 40, 32).data];
}

/** Runs in a page: from now on, files that it makes are kept where `file` finds them, and not written to this machine's disk. */
function keepFiles(): void {
  const made: Blob[] = [];
  Object.assign(globalThis, { made });
  const create = URL.createObjectURL;
  URL.createObjectURL = (blob) => {
    if (blob instanceof Blob) made.push(blob);
    return create(blob);
  };
  HTMLAnchorElement.prototype.click = () => undefined;
}

/** Runs in a page: the first file of this type that was made since, in base64. */
async function file(type: string): Promise<string> {
  const { made } = globalThis as unknown as { made: Blob[] };
  const blob = made.find((one) => one.type.startsWith(type));
  if (!blob) return "";
  const letters = Array.from(new Uint8Array(await blob.arrayBuffer()), (byte) => String.fromCharCode(byte));
  return btoa(letters.join(""));
}

/** Runs in a page: presses the button of the panel that has this text; tells whether it is there and may be pressed. */
function pressButton(text: string): boolean {
  const button = [...document.querySelectorAll<HTMLButtonElement>(".stage .take button")].find(
    ({ textContent }) => textContent?.includes(text),
  );
  const able = button !== undefined && button.getAttribute("aria-disabled") !== "true";
  button?.click();
  return able;
}

describe.each([
  ["Firefox", firefox],
  ["WebKit", webkit],
])("in %s", (_, { found, launch }) => {
  it("the browser is there where all tests must run", () => {
    if (process.env.CI) expect(found).toBe(true);
  });

  describe.skipIf(!found)("the site", () => {
    let browser: OtherBrowser;
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(() => browser?.close());

    const open = (more = "") => OtherScope.visit(browser, `${set.site.origin}/#${SMALL}${more}`);
    const openHere = async () => {
      const here = await ScopePage.visit(set, LINK);
      await here.reaches("finished");
      return here;
    };

    it("climbs, and its pictures and exact values are those of Chromium to the byte", async () => {
      const [there, here] = [await open(), await openHere()];
      for (const place of [
        { channel: 0, iteration: 12 },
        { channel: 3, iteration: 12 },
        { channel: 2, iteration: 5 },
      ]) {
        const kept = await there.page.evaluate(iterate, place);
        expect(kept.pixels).toHaveLength(40 * 32 * 3);
        expect(kept).toEqual(await here.page.evaluate(iterate, place));
        if (place.iteration < 12) continue;
        // A worker's canvas comes to the page with one of the next frames.
        await expect.poll(() => there.page.evaluate(shown, place.channel)).toEqual(kept.rgba);
      }
    });

    it("takes every tile to the step chosen, and back", async () => {
      const there = await open();
      await there.page.evaluate(() => document.querySelector<HTMLElement>(".stage .scrubber")?.focus());
      await there.page.press("Home");
      await expect.poll(() => there.texts(".vgg-iteration")).toEqual(Array(4).fill("start"));
      await there.page.press("End");
      await expect.poll(() => there.texts(".vgg-iteration")).toEqual(Array(4).fill("step 12"));
    });

    it("opens a channel by a click, and Escape closes it", async () => {
      const there = await open();
      await there.page.click('[data-channel="2"] a');
      await there.comes("dialog[open] .charts .u-over");
      await there.comes("dialog[open] .insides:not([data-stale])");
      await there.page.press("Escape");
      await expect.poll(() => there.count("dialog[open]")).toBe(0);
    });

    it("chooses a layer in the sheet that the bar opens, and the sheet goes", async () => {
      const there = await open();
      await there.page.click("#layer-button");
      await there.comes("#layer-panel:popover-open");
      await there.page.click('#layers input[value="block1_pool"]');
      await expect.poll(() => there.texts("#layer-chosen")).toEqual(["block1_pool"]);
      await expect.poll(() => there.count("#layer-panel:popover-open")).toBe(0);
    });

    it("shows a channel closely beside other settings", async () => {
      const there = await open("&channel=2&beside=step:l2");
      await there.finishes("dialog vgg-scope");
      await there.comes("dialog .insides:not([data-stale])");
      await there.comes("dialog .compare-curves .u-over");
      const [readings] = await there.texts("dialog .readings");
      expect(readings).toMatch(/Valuered -?\d.*Gradientred -?\d.*Feature map-?\d/);
    });

    it.each([
      ["PNG", "image/png", "89504e470d0a1a0a"],
      ["GIF", "image/gif", "474946383961"],
      ["WebM", "video/webm", "1a45dfa3"],
      ["Settings .json", "application/json", "7b"],
    ])("takes away %s", async (button, type, beginning) => {
      const bytes = await taken(await open(), button, type);
      if (!bytes) return;
      expect(bytes.length).toBeGreaterThan(100);
      expect(bytes.toString("hex", 0, beginning.length / 2)).toBe(beginning);
    });

    it("takes away the measures that Chromium takes away, to the letter", async () => {
      const bytes = await taken(await open(), "Measures .csv", "text/csv");
      const grid = new TakePanel((await openHere()).page, "grid");
      await grid.open();
      const { bytes: ours } = await grid.take("Measures .csv");
      expect(bytes?.toString()).toBe(ours.toString());
      expect(bytes?.toString().split("\n").length).toBeGreaterThan(4 * 12);
    });

    it("takes away exact values", async () => {
      const there = await open();
      const bytes = await taken(there, "Iterates .npz", "application/octet-stream");
      const { pixels } = await there.page.evaluate(iterate, { channel: 2, iteration: 5 });
      expect(bytes?.includes(Buffer.from(Float32Array.from(pixels).buffer))).toBe(true);
    });

    it("has the element in another page, with full controls", async () => {
      const body = `<vgg-scope ${QUICK} channels="0-2" controls="full"></vgg-scope><script type="module" src="/vggscope.js"></script>`;
      const there = await OtherScope.visit(browser, set.site.origin + theirs.write(body));
      expect(await there.texts(".vgg-iteration")).toEqual(Array(3).fill("step 3"));
    });

    it("has the page in a frame, which is as high as what is in it", async () => {
      const link = `backend=cpu&layer=block1_conv2&channels=0-2&width=24&height=24&iterations=3`;
      const path = theirs.write(
        `<iframe class="vggscope" src="/embed.html#${link}" height="10" style="inline-size: 100%"></iframe><script src="/vggscope-frame.js"></script>`,
      );
      const there = await browser.open(set.site.origin + path);
      const frame = () =>
        there.evaluate(() => {
          const [inside] = document.querySelectorAll("iframe");
          const scope = inside?.contentDocument?.querySelector<HTMLElement>("vgg-scope");
          const needed = inside?.contentDocument?.documentElement.scrollHeight ?? 0;
          return {
            state: scope?.dataset.state,
            grown: needed > 100 && inside && inside.clientHeight >= needed,
          };
        });
      await expect.poll(frame).toEqual({ state: "finished", grown: true });
      expect(await there.evaluate(() => globalThis.seenErrors)).toEqual([]);
      await there.close();
    });
  });
});

/** The file that a button of the panel makes; undefined where the panel says that this browser cannot write it. */
async function taken(there: OtherScope, button: string, type: string): Promise<Buffer | undefined> {
  await there.page.evaluate(keepFiles);
  await there.comes(".stage .take summary");
  await there.page.click(".stage .take summary");
  await there.comes(".stage .take button");
  if (!(await there.page.evaluate(pressButton, button))) {
    expect((await there.texts(".stage .take")).join()).toContain(`This browser cannot write ${button}.`);
    return undefined;
  }
  await expect.poll(() => there.page.evaluate(file, type), { message: button }).toMatch(/./);
  return Buffer.from(await there.page.evaluate(file, type), "base64");
}
