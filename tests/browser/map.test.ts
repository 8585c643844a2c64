/** The network as a map: what it shows of every layer, choosing in it, and the way to any channel of any layer. */
import { expect, it } from "vitest";
import { own, stage } from "./support/fixture";
import { type PageOptions, ScopePage } from "./support/scope-page";

const set = stage();
const SMALL = { backend: "cpu", width: "32", height: "32", iterations: "2", channels: "0-3" };
const POOLINGS = [2, 5, 9, 13, 17];

async function open(link: Record<string, string>, options: PageOptions = {}): Promise<ScopePage> {
  const opened = await ScopePage.visit(set, { ...SMALL, ...link }, options);
  await opened.reaches("finished");
  return opened;
}

interface Drawn {
  name: string;
  width: number;
  height: number;
  channels: number;
  weights: string;
}

/** Every layer as it is drawn. */
function drawn({ page }: ScopePage): Promise<Drawn[]> {
  return page.locator("#layers label").evaluateAll((labels) =>
    labels.map((label) => {
      const text = (part: string) => label.querySelector(`.layer-${part}`)?.textContent ?? "";
      const box = label.querySelector(".layer-shape")?.getBoundingClientRect();
      const name = label.querySelector("input")?.value ?? "";
      const { width = 0, height = 0 } = box ?? {};
      return { name, width, height, channels: Number(text("width")), weights: text("weights") };
    }),
  );
}

function weights(layers: readonly Drawn[]): Record<string, string> {
  return Object.fromEntries(layers.map(({ name, weights: words }) => [name, words]));
}

it.each([360, 1280])("all eighteen layers are drawn to one scale, at %i pixels", async (width) => {
  const page = await open({ layer: "block1_conv2" }, { viewport: { width, height: 800 } });
  await page.sheet("layer");
  const layers = await drawn(page);
  expect(layers).toHaveLength(18);
  expect(layers.flatMap(({ name }, at) => (name.endsWith("pool") ? [at] : []))).toEqual(POOLINGS);
  const [first] = layers;
  if (!first) throw new Error("no layer");
  layers.forEach((layer, at) => {
    const halvings = POOLINGS.filter((pooling) => pooling <= at).length;
    expect(layer.height, layer.name).toBeCloseTo(Math.max(first.height / 2 ** halvings, 2), 0);
    expect(layer.width / first.width, layer.name).toBeCloseTo(layer.channels / first.channels, 1);
  });
});

it("shows what is loaded and what a choice would fetch, and fetches just that", async () => {
  const page = await open({ layer: "block1_conv2", weights: own.demo() });
  const before = weights(await drawn(page));
  expect(before).toMatchObject({ block1_conv1: "here", block1_pool: "here", block2_conv1: "+148 kB" });
  expect(before.block3_conv1).toMatch(/^\+1\.0 MB$/);
  const fetched = () =>
    page.page.evaluate(() => document.querySelector("vgg-scope")?.scope?.bytesFetched ?? Number.NaN);
  const had = await fetched();
  await page.chooseLayer("block2_conv1");
  await page.reaches("finished");
  expect(await fetched()).toBe(had + 147_888);
  expect(weights(await drawn(page))).toMatchObject({ block2_conv1: "here", block2_conv2: "+295 kB" });
});

it("a later visit finds what the browser kept, and says that it fetches nothing", async () => {
  const link = { ...SMALL, weights: own.demo() };
  const page = await open({ ...link, layer: "block2_conv1" });
  const later = await page.again({ ...link, layer: "block1_conv1" });
  await later.reaches("finished");
  await expect.poll(async () => weights(await drawn(later)).block2_conv1).toBe("kept");
  expect(weights(await drawn(later)).block2_conv2).toBe("+295 kB");
  await later.sheet("layer");
  const radio = later.page.getByRole("radio", { name: "block2_conv1", exact: true });
  expect(await radio.getAttribute("aria-description")).toContain("downloads nothing: this browser kept");
});

it("says of the chosen layer, and of the one pointed at, how large it is, what it sees and what it costs", async () => {
  const page = await open({ layer: "block1_conv2" });
  await page.sheet("layer");
  const about = page.page.locator(".layer-about");
  expect(await about.textContent()).toMatch(
    /^block1_conv2: 64 channels of 32 × 32 positions, each of which sees 5 × 5 pixels.*million operations/,
  );
  await page.page.locator("#layers label", { hasText: "conv3" }).first().hover();
  expect(await about.textContent()).toMatch(/^block3_conv3: 256 channels of 8 × 8 positions/);
  await page.page.mouse.move(0, 0);
  expect(await about.textContent()).toMatch(/^block1_conv2/);
});

it("a pooling is chosen and climbed like any layer", async () => {
  const page = await open({ layer: "block2_conv1" });
  await page.chooseLayer("block1_pool");
  await expect.poll(() => page.page.url()).toContain("layer=block1_pool");
  await page.reaches("finished");
  const tiles = await page.drawnTiles(4);
  for (const { words, note } of tiles) {
    expect(note).toBe("");
    expect(Number(words.activation)).toBeGreaterThan(0);
  }
});

it("any channel of the layer is a number away, and has an address", async () => {
  const page = await open({ layer: "block2_conv1" });
  await page.sheet("channels");
  const field = page.page.getByLabel("One channel of block2_conv1, 0 to 127");
  for (const bad of ["128", "-1", "1.5", "", "ninety"]) {
    await field.fill(bad);
    await field.press("Enter");
    expect(await page.page.locator("#reach-error").textContent()).toContain(
      `Channel is “${bad}”. Allowed: a whole`,
    );
    expect(await field.getAttribute("aria-invalid")).toBe("true");
  }
  await field.fill("127");
  await field.press("Enter");
  await page.reaches("finished");
  expect(await page.page.getByRole("dialog").getByRole("heading").innerText()).toBe(
    "Channel 127 of block2_conv1",
  );
  const link = Object.fromEntries(new URLSearchParams(new URL(page.page.url()).hash.slice(1)));
  expect(link).toMatchObject({ layer: "block2_conv1", channels: "120-127", channel: "127" });
  const other = await page.again(link);
  await other.reaches("finished");
  expect(await other.page.getByRole("dialog").getByRole("heading").innerText()).toBe(
    "Channel 127 of block2_conv1",
  );
});

it("every page of channels is a link, and the one on screen is marked", async () => {
  const page = await open({ layer: "block2_conv1", channels: "0-39", width: "8", height: "8" });
  await page.sheet("channels");
  const pages = page.page.getByRole("navigation", { name: "Channels of the layer" }).getByRole("link");
  expect(await pages.allInnerTexts()).toEqual(["0–39", "40–79", "80–119", "120–127"]);
  expect(await pages.nth(0).getAttribute("aria-current")).toBe("page");
  await pages.nth(3).click();
  await page.reaches("finished");
  await page.sheet("channels");
  expect((await page.tiles()).map(({ channel }) => channel)).toEqual([
    120, 121, 122, 123, 124, 125, 126, 127,
  ]);
  expect(await pages.nth(3).getAttribute("aria-current")).toBe("page");
});
