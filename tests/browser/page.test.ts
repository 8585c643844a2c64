/** The page: forty tiles that draw themselves, its states, its choices, and what it says in words. */
import { expect, it } from "vitest";
import type { VggScopeElement } from "../../www/src/vggscope";
import { own, stage, WEIGHTS } from "./support/fixture";
import { CONVOLUTIONS } from "./support/generated-weights";
import { type PageOptions, ScopePage } from "./support/scope-page";

const set = stage();
const SMALL = { backend: "cpu", width: "24", height: "16", iterations: "3" };
const ENDLESS = { ...SMALL, iterations: "10000" };
const FORTY = Array.from({ length: 40 }, (_, channel) => channel);

async function open(link: Record<string, string>, options: PageOptions = {}): Promise<ScopePage> {
  return ScopePage.visit(set, link, options);
}

it.each([
  ["block1_conv2", 3],
  ["block3_conv1", 2],
])("forty tiles of %s are drawn at the size of the notes", async (layer, iterations) => {
  const page = await open({ backend: "cpu", layer, iterations: String(iterations) });
  await page.reaches("finished", 110_000);
  // Words follow over a few frames.
  const said = async () => [...new Set((await page.tiles()).map(({ words }) => words.iteration))];
  await expect.poll(said).toEqual([`step ${iterations}`]);
  const tiles = await page.drawnTiles(40);
  expect(tiles.map(({ channel }) => channel)).toEqual(FORTY);
  expect(tiles.map(({ words }) => words.channel)).toEqual(FORTY.map(String));
  for (const { width, height, words, note } of tiles) {
    expect({ width, height, note }).toEqual({ width: 150, height: 150, note: "" });
    expect(words.iteration).toBe(`step ${iterations}`);
    expect(Number(words.activation)).toBeGreaterThan(0);
  }
  expect(await page.states()).toEqual(["loading", "running", "finished"]);
  expect(await page.page.locator("#run-line").textContent()).toBe(
    `Finished: ${iterations} steps of 40 channels`,
  );
});

it("a picture is, byte for byte, what the API gives for the step written under it", async () => {
  const page = await open({ ...SMALL, layer: "block2_conv1", channels: "0-7", seed: "5" });
  await page.reaches("finished");
  await page.drawnTiles(8);
  expect(await page.page.evaluate(picturesAgainstApi, { layer: "block2_conv1", seed: 5 })).toEqual({ 3: 8 });
});

it("stopping ends the run where the pictures stand; starting again goes through to the end", async () => {
  const page = await open({ ...ENDLESS, layer: "block1_conv2", channels: "0-7", seed: "5" });
  await page.reaches("running");
  await expect.poll(async () => stepOf((await page.tiles())[0]?.words.iteration)).toBeGreaterThan(20);
  await page.press("Stop");
  await page.reaches("stopped");
  const stood = await page.tiles();
  expect(stood.every(({ drawn }) => drawn)).toBe(true);
  expect(await page.page.locator("#run-line").textContent()).toMatch(/^Stopped\. Step \d+ of 10000$/);
  // Every picture is the newest: the one of the step written under it, now that nothing moves any more.
  const shown = await page.page.evaluate(picturesAgainstApi, { layer: "block1_conv2", seed: 5 });
  expect(Object.values(shown).reduce((sum, count) => sum + count, 0)).toBe(8);
  expect((await page.tiles()).map(({ words }) => words)).toEqual(stood.map(({ words }) => words));

  await page.page.evaluate(() => {
    location.hash = location.hash.replace("iterations=10000", "iterations=4");
  });
  await page.reaches("finished");
  await page.press("Start");
  await page.reaches("finished");
  expect((await page.drawnTiles(8)).map(({ words }) => words.iteration)).toEqual(Array(8).fill("step 4"));
  const states = await page.states();
  const through = ["loading", "running", "finished"];
  expect(states).toEqual(["loading", "running", "stopped", ...through, ...through]);
});

it("every layer is offered; the demo and the untrained model have them all, and one without says which", async () => {
  const page = await open({ ...SMALL, layer: "block1_conv1", channels: "0" });
  await page.reaches("finished");
  const options = () =>
    page.page.locator("#layers input[type=radio]").evaluateAll((radios) =>
      (radios as HTMLInputElement[]).map(({ value, disabled, ariaLabel }) => ({
        value,
        disabled,
        ariaLabel,
      })),
    );
  const convolutions = CONVOLUTIONS.map(([name]) => name);
  // A pooling ends each block.
  const names = convolutions.flatMap((name, at) => {
    const block = name.slice(0, "block1".length);
    return convolutions[at + 1]?.startsWith(block) ? [name] : [name, `${block}_pool`];
  });
  const all = names.map((name) => ({ value: name, disabled: false, ariaLabel: name }));
  expect(await options()).toEqual(all);

  await page.chooseUntrained();
  await page.reaches("finished");
  expect(await options()).toEqual(all);
  expect(await page.page.locator("#model-line").textContent()).toMatch(/untrained/i);

  const shorter = await open({ ...SMALL, layer: "block1_conv1", channels: "0", weights: own.full() });
  await shorter.reaches("finished");
  const radios = shorter.page.locator("#layers input[type=radio]:disabled");
  const marked = await radios.evaluateAll((found) => found.map(({ ariaLabel }) => ariaLabel));
  expect(marked).toEqual(names.slice(7).map((name) => `${name}, not in this model`));
  expect(await shorter.page.locator("#layers").innerText()).toMatch(/block 4: not in this model/i);
});

it("says plainly which features these are not, and has the card of the model one click away", async () => {
  const page = await open({ ...SMALL, layer: "block1_conv1", channels: "0" });
  await page.reaches("finished");
  expect(await page.page.locator("#model-button").innerText()).toMatch(/not ImageNet/);
  await page.sheet("model");
  const sentence = page.page.locator("#not-imagenet");
  expect(await sentence.innerText()).toMatch(/^Not ImageNet’s features/);
  await sentence.getByRole("link", { name: "computed textures" }).click();
  await page.page.getByRole("heading", { level: 1, name: /^Model card/ }).waitFor();
  expect(await page.page.locator("main table").count()).toBeGreaterThanOrEqual(3);
  for (const picture of await page.page.locator("main img").all()) await picture.scrollIntoViewIfNeeded();
  const broken = () =>
    page.page
      .locator("main img")
      .evaluateAll(
        (images) =>
          (images as HTMLImageElement[]).filter(
            ({ complete, naturalWidth }) => !complete || naturalWidth === 0,
          ).length,
      );
  await expect.poll(broken).toBe(0);
});

it("a layer that the model lacks is named, with what to do, and another one works", async () => {
  const page = await open({ ...SMALL, layer: "block5_conv3", channels: "0", weights: own.full() });
  await page.reaches("error");
  const [message, ...others] = await page.messages();
  expect(others).toEqual([]);
  expect(message?.code).toBe("layer-not-in-model");
  expect(message?.text).toMatch(/block3_conv1.*block5_conv3/s);
  await page.chooseLayer("block2_conv2");
  await page.reaches("finished");
  expect(await page.messages()).toEqual([]);
});

it("a dead channel says so on its tile in words", async () => {
  const page = await open({
    ...SMALL,
    weights: WEIGHTS.full,
    layer: "block3_conv1",
    channels: "11,117",
    width: "64",
    height: "64",
    seed: "7",
  });
  await page.reaches("finished");
  const [dead, alive] = await page.drawnTiles(2);
  expect(dead).toMatchObject({ channel: 11, note: expect.stringMatching(/dead.*gradient is 0/i) });
  expect(alive).toMatchObject({ channel: 117, note: "" });
  expect(await page.page.getByText(/dead: gradient is 0/i).isVisible()).toBe(true);
  const picture = page.page.getByRole("img", { name: "channel 11 of block3_conv1" });
  expect(await picture.getAttribute("aria-description")).toMatch(/gradient is exactly zero/);
});

it("an image of one pixel climbs too", async () => {
  const page = await open({ ...SMALL, layer: "block1_conv1", channels: "0-3", width: "1", height: "1" });
  await page.reaches("finished");
  const tiles = await page.tiles();
  expect(tiles.map(({ width, height }) => [width, height])).toEqual(Array(4).fill([1, 1]));
  expect(tiles.map(({ words }) => words.iteration)).toEqual(Array(4).fill("step 3"));
});

it("choices write the link, and going back takes them back", async () => {
  const page = await open({ ...SMALL, layer: "block1_conv1" });
  await page.reaches("finished");
  await page.page.getByRole("button", { name: "Next channels" }).click();
  await expect.poll(() => page.page.url()).toContain("channels=40-63");
  await page.reaches("finished");
  await expect.poll(async () => (await page.tiles()).map(({ channel }) => channel)).toHaveLength(24);
  expect(await page.page.locator("#page-of").textContent()).toBe("40–63 of 64");
  expect(await page.page.getByRole("button", { name: "Next channels" }).isDisabled()).toBe(true);
  await page.page.goBack();
  await expect.poll(async () => (await page.tiles()).map(({ channel }) => channel)).toEqual(FORTY);
  await page.reaches("finished");
});

it("the preset sets the notes' settings, and a setting that is not allowed is refused beside its field", async () => {
  const page = await open({ ...ENDLESS, "learning-rate": "3", seed: "9", channels: "0-1" });
  await page.reaches("running");
  const preset = page.page.locator("#as-in-notes");
  await page.sheet("recipe");
  expect(await preset.getAttribute("aria-pressed")).toBe("false");
  await preset.click();
  await expect.poll(() => preset.getAttribute("aria-pressed")).toBe("true");
  const link = new URLSearchParams(new URL(page.page.url()).hash.slice(1));
  const wanted = {
    width: "150",
    height: "150",
    iterations: "100",
    "learning-rate": "10",
    seed: "436",
    step: "gradient",
  };
  expect(Object.fromEntries(link)).toMatchObject({ ...wanted, preprocessing: "none", channels: "0-1" });

  await page.sheet("recipe");
  const steps = page.page.locator("#setting-iterations");
  await steps.fill("0");
  await steps.press("Enter");
  expect(await steps.getAttribute("aria-invalid")).toBe("true");
  expect(await page.page.locator("#error-iterations").textContent()).toMatch(/Steps is “0”.*1 to 10000/);
  await steps.fill("7");
  await steps.press("Enter");
  await expect.poll(() => page.page.url()).toContain("iterations=7");
  expect(await steps.getAttribute("aria-invalid")).toBe("false");
});

it("progress of weights in bytes, of the run in steps with time left, and what computes are all said", async () => {
  const page = await open({ ...ENDLESS, layer: "block2_conv1", channels: "0-3" });
  await page.reaches("running");
  await expect
    .poll(() => page.page.locator("#run-line").textContent())
    .toMatch(/^Step \d+ of 10000, about .* left$/);
  expect(await page.page.locator("#weights-line").textContent()).toMatch(/^Weights: \d+ kB read$/);
  expect(await page.page.locator("#engine-line").textContent()).toBe(
    "Computing on: CPU. The CPU was asked for.",
  );
  await page.page.evaluate(() => {
    location.hash = location.hash.replace("backend=cpu", "backend=auto");
  });
  await expect
    .poll(() => page.page.locator("#engine-line").textContent())
    .toMatch(/CPU.*software.*swiftshader/i);
});

it("on WebGPU the page draws too, and names the adapter", async () => {
  const page = await open({ ...SMALL, backend: "webgpu", layer: "block1_conv2", channels: "0-7" });
  await page.reaches("finished");
  const tiles = await page.drawnTiles(8);
  expect(tiles.map(({ words }) => words.iteration)).toEqual(Array(8).fill("step 3"));
  expect(await page.page.locator("#engine-line").textContent()).toMatch(
    /WebGPU.*google.*swiftshader.*in software/i,
  );
});

function stepOf(words: string | undefined): number {
  return Number(words?.replace("step ", ""));
}

/**
 * Runs in the page: how many pictures equal the API's picture of the step written under them, by step. A picture may
 * come a frame after its words, so it gets a while.
 */
async function picturesAgainstApi({
  layer,
  seed,
}: {
  layer: string;
  seed: number;
}): Promise<Record<number, number>> {
  const element = document.querySelector<VggScopeElement>("vgg-scope");
  const tiles = [...document.querySelectorAll<HTMLElement>(".vgg-tile")];
  const equal: Record<number, number> = {};
  for (const tile of tiles) {
    const [channel, iteration] = [Number(tile.dataset.channel), Number(tile.dataset.iteration)];
    const canvas = tile.querySelector("canvas");
    if (!element?.scope || !canvas) throw new Error("no engine, or a tile without a canvas");
    const { width, height } = canvas;
    const order = {
      layer,
      channels: [channel],
      width,
      height,
      seed,
      iterations: iteration,
      keep: "last",
    } as const;
    const run = element.scope.ascend({ ...order, preprocessing: "none" });
    await run.finished;
    const { rgba } = await run.iterate(channel, iteration);
    const same = () => {
      const copy = new OffscreenCanvas(width, height).getContext("2d");
      copy?.drawImage(canvas, 0, 0);
      return (
        copy?.getImageData(0, 0, width, height).data.every((value, index) => value === rgba[index]) ?? false
      );
    };
    for (let frame = 0; frame < 120 && !same(); frame++) await new Promise(requestAnimationFrame);
    if (same()) equal[iteration] = (equal[iteration] ?? 0) + 1;
  }
  return equal;
}
