/** Two settings side by side: the same channel and seed, one player for both, all of it in the link. */
import { expect, it } from "vitest";
import type { RunRecord } from "../../www/src/explorer/record";
import type { VggScopeElement } from "../../www/src/vggscope";
import { formatActivation } from "../../www/src/words/numbers";
import { CloseView } from "./support/close-view";
import { stage } from "./support/fixture";
import { type PageOptions, ScopePage } from "./support/scope-page";

const set = stage();
const SMALL = {
  backend: "cpu",
  layer: "block1_conv2",
  width: "16",
  height: "16",
  iterations: "8",
  channels: "0-3",
  seed: "5",
};
const OPEN = { ...SMALL, channel: "2", beside: "step:rms,learning-rate:0.05" };

async function open(link: Record<string, string>, options: PageOptions = {}): Promise<CloseView> {
  const page = await ScopePage.visit(set, link, options);
  await page.reaches("finished");
  return new CloseView(page);
}

function other(view: CloseView) {
  return view.dialog.locator("vgg-scope");
}

async function otherFinished(view: CloseView): Promise<void> {
  await expect.poll(() => other(view).getAttribute("data-state")).toBe("finished");
}

/** RGBA bytes of both pictures. */
function pictures(view: CloseView): Promise<number[][]> {
  return view.dialog.locator(".compare-pictures canvas").evaluateAll((canvases) =>
    (canvases as HTMLCanvasElement[]).map((canvas) => {
      const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d");
      copy?.drawImage(canvas, 0, 0);
      return [...(copy?.getImageData(0, 0, canvas.width, canvas.height).data ?? [])];
    }),
  );
}

/** What the API gives for an iterate by these settings. */
function computed(view: CloseView, iteration: number, changes: object): Promise<number[]> {
  return view.scope.page.evaluate(
    async ([at, settings]) => {
      const scope = document.querySelector<VggScopeElement>("vgg-scope")?.scope;
      const size = { width: 16, height: 16, seed: 5, preprocessing: "none" } as const;
      const run = scope?.ascend({
        layer: "block1_conv2",
        channels: [2],
        ...size,
        iterations: 8,
        ...settings,
      });
      await run?.finished;
      return [...((await run?.iterate(2, at))?.rgba ?? [])];
    },
    [iteration, changes] as const,
  );
}

function beside({ scope }: CloseView): string | null {
  return new URLSearchParams(new URL(scope.page.url()).hash.slice(1)).get("beside");
}

it.each([360, 1280])("a link shows both, and one player moves both, at %i pixels", async (width) => {
  const view = await open(OPEN, { viewport: { width, height: 800 } });
  await otherFinished(view);
  const changes = { step: "rms", learningRate: 0.05 };
  await expect
    .poll(() => pictures(view))
    .toEqual([await computed(view, 8, {}), await computed(view, 8, changes)]);
  const player = view.dialog.getByRole("group", { name: "Step of both" });
  await player.getByRole("slider").fill("3");
  await expect
    .poll(() => pictures(view))
    .toEqual([await computed(view, 3, {}), await computed(view, 3, changes)]);
  await expect.poll(() => other(view).locator(".vgg-iteration").innerText()).toBe("step 3");
  // Scrubbing computes nothing anew on either side.
  expect(await other(view).getAttribute("data-state")).toBe("finished");
  const captions = await view.dialog.locator(".compare figcaption").allInnerTexts();
  expect(captions[0]).toMatch(/Learning rate: 10, Step rule: Raw gradient/);
  expect(captions[1]).toMatch(/Learning rate: 0\.05, Step rule: Gradient of root mean square 1/);
  const words = view.dialog.locator(".compare-words");
  await expect
    .poll(async () => (await words.allInnerTexts()).map((text) => text.split(",")[0]))
    .toEqual(["step 3", "step 3"]);
  const sideways = await view.dialog.evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
  expect(sideways).toBe(0);
});

it("one plot has the mean activation of both, and a click on it moves both", async () => {
  const view = await open(OPEN);
  await otherFinished(view);
  const plot = view.dialog.getByRole("img", { name: /^Mean activation of both over the climb/ });
  await plot.locator(".u-over").waitFor();
  const ends = await view.scope.page.evaluate(() =>
    ["#scope", "dialog vgg-scope"].map((which) => {
      const element = document.querySelector(which) as unknown as { record: RunRecord };
      return element.record.curves(2)?.objective.at(-1) ?? Number.NaN;
    }),
  );
  expect(ends[0] === ends[1]).toBe(false);
  const [left, right] = ends.map((end) => formatActivation(end));
  await expect
    .poll(() => plot.getAttribute("aria-label"))
    .toBe(`Mean activation of both over the climb. Left: ${left}. Right: ${right}.`);
  // Two lines, in the pen's colour.
  expect(await plot.locator("canvas").evaluate(inkedRows)).toBeGreaterThan(20);
  const box = await plot.locator(".u-over").boundingBox();
  await plot.locator(".u-over").click({ position: { x: (box?.width ?? 0) / 2, y: 20 } });
  await expect.poll(() => other(view).locator(".vgg-iteration").innerText()).toBe("step 4");
  await expect.poll(() => view.scope.page.url()).toMatch(/iteration=4/);
});

it("is opened in the close view, filled in by its controls, and written into the link", async () => {
  const view = await open(SMALL);
  const run = await view.scope.page.evaluateHandle(
    () => document.querySelector<VggScopeElement>("#scope")?.run,
  );
  await view.tile(2).click();
  await view.dialog.getByText("Side by side with other settings").click();
  await expect.poll(() => beside(view)).toBe("same");
  expect(await other(view).count()).toBe(0);
  const form = view.dialog.getByRole("form", { name: "Settings of the picture on the other side" });
  await form.getByLabel("Step rule").selectOption("l2");
  await otherFinished(view);
  expect(beside(view)).toBe("step:l2");
  await form.getByLabel("Learning rate").fill("-1");
  await form.getByLabel("Learning rate").press("Enter");
  expect(await view.dialog.locator("#beside-error-learning-rate").innerText()).toMatch(
    /Learning rate is “-1”/,
  );
  await form.getByLabel("Model").selectOption("model:untrained");
  await expect.poll(() => beside(view)).toBe("step:l2,model:untrained");
  await otherFinished(view);
  // The page's own climb was neither stopped nor begun again.
  expect(
    await run.evaluate((before) => document.querySelector<VggScopeElement>("#scope")?.run === before),
  ).toBe(true);
  await form.getByLabel("Step rule").selectOption("gradient");
  await expect.poll(() => beside(view)).toBe("model:untrained");
  await view.dialog.getByText("Side by side with other settings").click();
  await expect.poll(() => beside(view)).toBe(null);
  expect(await other(view).count()).toBe(0);
});

it("turning to another channel compares that one", async () => {
  const view = await open(OPEN);
  await otherFinished(view);
  await view.button("Next channel").click();
  await expect.poll(() => other(view).getAttribute("channels")).toBe("3");
  await otherFinished(view);
  await view.button("Close").click();
  await expect.poll(() => other(view).count()).toBe(0);
});

it("a bad comparison in the link is named, and nothing is compared", async () => {
  const view = await open({ ...SMALL, beside: "step:<b>fast</b>" });
  await expect.poll(() => view.scope.messages()).toHaveLength(1);
  expect((await view.scope.messages())[0]?.text).toMatch(
    /beside is “step:<b>fast<\/b>”: step is “<b>fast<\/b>”/,
  );
});

/** Runs in the page: rows of a plot in which something is drawn. */
function inkedRows(canvas: Element): number {
  const { width, height } = canvas as HTMLCanvasElement;
  const bytes = (canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data;
  return Array.from({ length: height }, (_, row) =>
    bytes?.subarray(row * width * 4, (row + 1) * width * 4).some((byte) => byte > 0),
  ).filter(Boolean).length;
}
