/** Where a page shows the element larger or smaller than it is laid out, what is pointed at is what is meant. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { stage } from "./support/fixture";
import { builtSite } from "./support/mounts";
import { ScopePage } from "./support/scope-page";
import { QUICK, TheirPages } from "./support/their-pages";

const pages = new TheirPages();
const set = stage({ mounts: [pages, builtSite()] });
const SCRIPT = '<script type="module" src="/vggscope.js"></script>';
const SCALED = ["zoom: 1.5", "zoom: 0.6", "transform: scale(1.7)", "transform: scale(0.5)"] as const;

async function open(style: string, attributes = "", whole = ""): Promise<Page> {
  const scope = `<vgg-scope ${attributes} iterations="100" channels="0-3" controls="full" ${QUICK}></vgg-scope>`;
  const path = pages.write(
    `<div style="inline-size: 600px; transform-origin: 0 0; ${style}">${scope}</div>${SCRIPT}`,
    `<style>${whole}</style>`,
  );
  const page = await ScopePage.visit(set, {}, { path, viewport: { width: 1280, height: 900 } });
  await page.reaches("finished");
  return page.page;
}

/** Points at a share of what this finds, and tells where the player then is. */
async function pointAt(page: Page, selector: string, share: number, press = true): Promise<string> {
  const place = page.locator(selector).first();
  await place.evaluate((element) => element.scrollIntoView({ block: "center" }));
  const box = await place.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { left, top, width, height };
  });
  const [x, y] = [box.left + share * box.width, box.top + box.height / 2];
  if (press) await page.mouse.click(x, y);
  else await page.mouse.move(x, y);
  return page.locator("dialog output").innerText();
}

it.each([...SCALED, ""])(
  "under “%s” a curve, the slider and a picture are read where they are pointed at",
  async (style) => {
    const page = await open(style);
    await page.locator('[data-channel="1"] a').click();
    const curve = page.locator("dialog .u-over").first();
    await curve.waitFor();
    const [half, quarter] = [
      await pointAt(page, "dialog .u-over", 0.5),
      await pointAt(page, "dialog .u-over", 0.25),
    ];
    expect([half, quarter]).toEqual(["Step 50 of 100", "Step 25 of 100"]);
    // The line under the pointer, and the mark.
    await pointAt(page, "dialog .u-over", 0.75, false);
    const lines = () =>
      curve.evaluate((over) => {
        const whole = over.getBoundingClientRect();
        return [".u-cursor-x", ".plot-mark"].map((line) => {
          const { left = 0 } = over.querySelector(line)?.getBoundingClientRect() ?? {};
          return (left - whole.left) / whole.width;
        });
      });
    await expect.poll(async () => Math.abs((await lines())[0] ?? 0 - 0.75)).toBeLessThan(0.76);
    const [cursor = 0, mark = 0] = await lines();
    expect(Math.abs(cursor - 0.75)).toBeLessThan(0.01);
    expect(Math.abs(mark - 0.25)).toBeLessThan(0.01);
    const slid = await pointAt(page, "dialog .scrubber", 0.5);
    expect(Math.abs(Number(/\d+/.exec(slid)?.[0]) - 50)).toBeLessThanOrEqual(1);
    for (const lens of [0, 1]) {
      const picture = page.locator("dialog .lens canvas").nth(lens);
      await picture.evaluate((canvas) => canvas.scrollIntoView({ block: "center" }));
      const spot = await picture.evaluate((canvas) => {
        const { left, top, width, height } = canvas.getBoundingClientRect();
        return { x: left + (18.5 / 24) * width, y: top + (5.5 / 24) * height };
      });
      await page.mouse.move(spot.x, spot.y);
      await expect.poll(() => page.locator("dialog .readings dd").first().innerText()).toMatch(/18\D+5\b/);
    }
  },
);

it.each(["zoom: 1.5", "zoom: 0.6", "transform: scale(1.7)"])(
  "under “%s” the close view keeps within the screen",
  async (style) => {
    const page = await open(style);
    for (const width of [1280, 600]) {
      await page.setViewportSize({ width, height: 800 });
      await page.locator('[data-channel="1"] a').click();
      const beyond = await page.getByRole("dialog").evaluate((dialog) => {
        const { left, top, right, bottom } = dialog.getBoundingClientRect();
        const sideways = dialog.scrollWidth - dialog.clientWidth;
        return [left < -1, top < -1, right > innerWidth + 1, bottom > innerHeight + 1, sideways > 1];
      });
      expect(beyond).toEqual(Array(5).fill(false));
      expect((await page.getByRole("button", { name: "Close" }).boundingBox())?.width).toBeGreaterThan(10);
      await page.keyboard.press("Escape");
    }
  },
);

it("under zoom a picture has the pixels that the screen has for it", async () => {
  // 100 of the page's pixels are 150 of the screen's, as many as the picture has.
  const size = 'width="150" height="150" iterations="2" channels="0"';
  const page = await open("zoom: 1.5; inline-size: 100px", size);
  await expect
    .poll(() => page.locator(".vgg-tile canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).width))
    .toBe(150);
  const small = await open("zoom: 0.5; inline-size: 100px", size);
  await expect
    .poll(() => small.locator(".vgg-tile canvas").evaluate((canvas) => (canvas as HTMLCanvasElement).width))
    .toBe(50);
});

it("where tiles are turned on the screen, arrows still go by rows", async () => {
  const page = await open("inline-size: 500px; transform: rotate(9deg)", 'channels="0-9"');
  await page.locator('[data-channel="1"] a').focus();
  await page.keyboard.press("ArrowDown");
  const focused = () => document.activeElement?.closest<HTMLElement>("[data-channel]")?.dataset.channel;
  expect(await page.evaluate(focused)).toBe("6");
});
