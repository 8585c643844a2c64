/** What is read fits where it stands, and what is opened is seen. */
import type { Page } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import { launch } from "./support/browser";
import { CloseView } from "./support/close-view";
import { stage } from "./support/fixture";
import { ScopePage } from "./support/scope-page";
import { TakePanel } from "./support/take-panel";

const set = stage();
const SMALL = { backend: "cpu", layer: "block1_conv2", channels: "0-3", width: "24", height: "24" };
const WIDTHS = [1280, 1440, 1024, 820, 600, 390, 360];

async function open(changes: Record<string, string>, width: number): Promise<ScopePage> {
  const page = await ScopePage.visit(set, { ...SMALL, ...changes }, { viewport: { width, height: 900 } });
  await page.reaches("finished");
  return page;
}

it.each(WIDTHS)(
  "the player's words stay on one line and move nothing at the hundredth step, at %i pixels",
  async (width) => {
    const { page } = await open({ iterations: "100" }, width);
    const player = page.locator(".player").first();
    const seen = () =>
      player.evaluate((element) => {
        const place = element.querySelector("output");
        const text = document.createRange();
        if (place) text.selectNodeContents(place);
        const boxes = [...element.querySelectorAll("button, input, select")].map((control) => {
          const { left, top, width } = control.getBoundingClientRect();
          const whole = element.getBoundingClientRect();
          return [left - whole.left, top - whole.top, width].map(Math.round);
        });
        const [words, room] = [text.getBoundingClientRect(), place?.getBoundingClientRect()];
        return { lines: text.getClientRects().length, within: words.right <= (room?.right ?? 0), boxes };
      });
    const last = await seen();
    expect(last).toMatchObject({ lines: 1, within: true });
    await player.getByRole("button", { name: "One step back" }).click();
    await expect.poll(() => player.locator("output").innerText()).toBe("Step 99 of 100");
    expect(await seen()).toEqual(last);
  },
);

it("the longest climb's words have room, too", async () => {
  const { page } = await open({ iterations: "3" }, 390);
  // Nobody waits for ten thousand steps.
  await page.goto(`${page.url().replace("iterations=3", "iterations=10000")}`);
  await expect.poll(() => page.locator(".player output").first().innerText()).toMatch(/ of 10000$/);
  const overlap = await page
    .locator(".player")
    .first()
    .evaluate((element) => {
      const place = element.querySelector("output")?.getBoundingClientRect();
      const next = element.querySelector(".newest")?.getBoundingClientRect();
      return place && next && place.right > next.left && place.bottom > next.top && place.top < next.bottom;
    });
  expect(overlap).toBe(false);
});

/** Choices that are wider than the room of their list. */
function cut(page: Page, within: string): Promise<string[]> {
  return page.locator(`${within} select`).evaluateAll((lists) =>
    (lists as HTMLSelectElement[]).flatMap((list) => {
      const room = list.getBoundingClientRect().width;
      const needed = [...list.options].filter((option) => {
        const alone = list.cloneNode(false) as HTMLSelectElement;
        alone.append(option.cloneNode(true));
        alone.style.inlineSize = "max-content";
        list.after(alone);
        const { width } = alone.getBoundingClientRect();
        alone.remove();
        return width > room;
      });
      return needed.map(({ text }) => text);
    }),
  );
}

it.each(WIDTHS)("no choice of a setting is cut at %i pixels", async (width) => {
  const scope = await open({ iterations: "2" }, width);
  await scope.sheet("recipe");
  expect(await cut(scope.page, "#settings")).toEqual([]);
  await scope.page.keyboard.press("Escape");
  const view = new CloseView(scope);
  await view.tile(1).click();
  await view.dialog.getByText("Side by side").click();
  await view.dialog.locator(".compare select").first().waitFor();
  expect(await cut(scope.page, ".compare .setting:not(:last-child)")).toEqual([]);
  // The name of a model is longer than a phone is wide.
  if (width >= 600) expect(await cut(scope.page, ".compare .setting:last-child")).toEqual([]);
});

it.each([1280, 390])("what is unfolded in the close view comes into sight, at %i pixels", async (width) => {
  const scope = await open({ iterations: "2" }, width);
  await scope.furnished();
  const view = new CloseView(scope);
  await view.tile(1).click();
  await view.settled();
  const shown = (selector: string) =>
    view.dialog.evaluate((dialog, what) => {
      const [whole, bar, part] = [dialog, dialog.querySelector(".tile-bar"), dialog.querySelector(what)].map(
        (element) => element?.getBoundingClientRect(),
      );
      if (!whole || !bar || !part) return "nothing";
      return part.top >= bar.bottom - 1 && part.top < whole.bottom - 200
        ? "seen"
        : `${part.top} of ${whole.bottom}`;
    }, selector);
  await view.dialog.getByText("Side by side").click();
  await expect.poll(() => shown(".compare-pictures")).toBe("seen");
  await view.dialog.evaluate((dialog) => dialog.scrollTo(0, 0));
  await new TakePanel(scope.page, "channel").open();
  await expect.poll(() => shown(".take-rows")).toBe("seen");
  // By a link it is there, and the reader begins at the top.
  const other = await scope.again(
    Object.fromEntries(new URLSearchParams(new URL(scope.page.url()).hash.slice(1))),
  );
  await other.reaches("finished");
  const there = new CloseView(other);
  await there.dialog.locator(".compare-pictures").waitFor();
  await there.settled();
  expect(await there.dialog.evaluate((dialog) => dialog.scrollTop)).toBe(0);
});

it("a size of too many pixels is refused by its field, which says how large it can be", async () => {
  const scope = await open({ iterations: "1" }, 1280);
  const { page } = scope;
  await scope.sheet("recipe");
  const field = (name: string) => page.getByRole("spinbutton", { name, exact: true });
  await expect.poll(() => page.locator("#hint-width").innerText()).toContain("at most 1,048,576");
  await field("Width").fill("2048");
  await field("Width").press("Enter");
  await expect.poll(() => new URL(page.url()).hash).toContain("width=2048");
  await field("Height").fill("2048");
  await field("Height").press("Tab");
  expect(await page.locator("#error-height").innerText()).toBe(
    "Height is “2048”, which with width 2048 makes 4,194,304 pixels. Allowed: at most 512.",
  );
  expect(new URL(page.url()).hash).toContain("height=24");
});

it("on a page that came over http what is missing says that https would give it", async () => {
  const browser = await launch(["--host-resolver-rules=MAP school.test 127.0.0.1"]);
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  const { port } = new URL(set.site.origin);
  await page.goto(
    `http://school.test:${port}/#${new URLSearchParams({ ...SMALL, backend: "auto", iterations: "2" })}`,
  );
  await page.locator('[data-state="finished"]').waitFor();
  expect(await page.locator("#engine-line").textContent()).toMatch(/Computing on: CPU.*https pages only/);
  const panel = new TakePanel(page, "grid");
  await panel.open();
  await expect.poll(() => panel.element.innerText()).toMatch(/https pages only: WebM or MP4/);
  await panel.element.getByRole("button", { name: "Copy the link" }).click();
  await expect.poll(() => panel.element.innerText()).toMatch(/https.*Ctrl\+C/);
  expect(
    await page.evaluate(
      () => getSelection()?.toString() || (document.activeElement as HTMLInputElement).value,
    ),
  ).toContain("block1_conv2");
});
