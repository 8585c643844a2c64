/** A climb that began with a picture: saved as such, brought back exactly, and pictures that are given to the page. */
import { expect, it } from "vitest";
import type { VggScopeElement } from "../../www/src/vggscope";
import { CloseView } from "./support/close-view";
import { sameBytes } from "./support/compare";
import { stage } from "./support/fixture";
import { ScopePage } from "./support/scope-page";
import { dropFile, TakePanel } from "./support/take-panel";

const set = stage();
const LINK = { backend: "cpu", width: "24", height: "16", iterations: "12", channels: "3-5", seed: "7" };

async function finished(changes: Record<string, string> = {}): Promise<ScopePage> {
  const page = await ScopePage.visit(set, { ...LINK, ...changes });
  await page.furnished();
  await page.reaches("finished");
  return page;
}

/** The exact last image of a channel, as bytes. */
async function last(page: ScopePage, channel = 4): Promise<Uint8Array> {
  const bytes = await page.page.evaluate(async (channel) => {
    const run = document.querySelector<VggScopeElement>("vgg-scope")?.run;
    const pixels = await (await run?.iterate(channel, 12))?.pixels();
    return [...new Uint8Array(pixels?.buffer ?? new ArrayBuffer())];
  }, channel);
  expect(bytes).toHaveLength(24 * 16 * 3 * 4);
  return Uint8Array.from(bytes);
}

/** A picture as a file, painted by the browser. */
async function painted(page: ScopePage, type: "image/jpeg" | "image/png"): Promise<Buffer> {
  const letters = await page.page.evaluate(async (type) => {
    const canvas = new OffscreenCanvas(60, 40);
    const context = canvas.getContext("2d");
    for (let x = 0; x < 60; x++) {
      if (context) context.fillStyle = `rgb(${4 * x} ${255 - 4 * x} ${(37 * x) % 256})`;
      context?.fillRect(x, x % 7, 1, 40);
    }
    const blob = await canvas.convertToBlob({ type });
    return String.fromCharCode(...new Uint8Array(await blob.arrayBuffer()));
  }, type);
  return Buffer.from(letters, "latin1");
}

/** Makes another climb's image the start. */
async function startHere(page: ScopePage): Promise<void> {
  const view = new CloseView(page);
  await view.tile(3).click();
  await view.button("Start every channel from this picture").click();
  await page.reaches("finished");
}

it("is named in PNG and JSON, and either brings it back to the bit on a fresh page", async () => {
  const page = await finished();
  await startHere(page);
  const before = await last(page);
  const grid = new TakePanel(page.page, "grid");
  await grid.open();
  const json = await grid.take("Settings .json");
  const png = await grid.take("PNG");
  const state = JSON.parse(json.bytes.toString());
  expect(state.settings.start).toBe("picture");
  expect(state.start).toMatchObject({ name: "channel 3 of block1_conv2, step 12", width: 24, height: 16 });
  const description = png.bytes.toString("utf8").match(/Description\0+([^\0]*Made with vggscope\.)/)?.[1];
  expect(description).toContain("start from the picture “channel 3 of block1_conv2, step 12”");
  expect(description?.includes("seed")).toBe(false);

  for (const { name, bytes } of [json, png]) {
    const fresh = await finished({ seed: "1" });
    await dropFile(fresh.page, name, bytes);
    await fresh.reaches("finished");
    sameBytes(name, await last(fresh), before);
    expect(await fresh.messages()).toEqual([]);
  }
});

it("is said beside the link, and in the embedding dialog, to be missing there", async () => {
  const page = await finished();
  const grid = new TakePanel(page.page, "grid");
  await grid.open();
  expect((await grid.element.innerText()).includes("cannot carry")).toBe(false);
  await startHere(page);
  const link = grid.element.getByRole("textbox", { name: "Link to what is on screen" });
  const described = await link.getAttribute("aria-describedby");
  expect(await page.page.locator(`[id="${described}"]`).innerText()).toMatch(
    /cannot carry the picture channel 3 of block1_conv2, step 12: whoever opens the link starts from noise/,
  );
  await page.page.getByRole("button", { name: /^Embed/ }).click();
  await expect
    .poll(() => page.page.locator(".embed-warning").innerText())
    .toContain("the climb there begins with noise");
});

it("is missed where the file was robbed of it, and a climb from noise ends one from a picture", async () => {
  const page = await finished();
  const noise = await last(page);
  const grid = new TakePanel(page.page, "grid");
  await grid.open();
  const json = await grid.take("Settings .json");
  await startHere(page);
  const picture = await last(page);
  expect(Buffer.compare(picture, noise) === 0).toBe(false);
  const { start, ...robbed } = JSON.parse((await grid.take("Settings .json")).bytes.toString());
  expect(start.name).toContain("channel 3");

  await dropFile(page.page, "noise.json", json.bytes);
  await page.reaches("finished");
  sameBytes("from noise again", await last(page), noise);
  // Noise is on screen already, and stays.
  await dropFile(page.page, "robbed.json", Buffer.from(JSON.stringify(robbed)));
  const said = async () => (await page.messages()).map(({ text }) => text).join();
  await expect.poll(said).toMatch(/start picture is missing.*What is shown now begins with noise/);
});

it.each([
  ["photo.jpg", "image/jpeg"],
  ["photo.png", "image/png"],
] as const)(
  "%s, dropped, is offered as the start, and what is on screen stays until then",
  async (name, type) => {
    const page = await finished();
    const before = await last(page);
    const address = page.page.url();
    const states = await page.states();
    await dropFile(page.page, name, await painted(page, type));
    const notices = page.page.locator("#notices");
    await expect.poll(() => notices.innerText()).toContain(`“${name}” is a picture`);
    expect(await page.states()).toEqual(states);
    expect(page.page.url()).toBe(address);
    sameBytes("the climb on screen", await last(page), before);

    await notices.getByRole("button", { name: "Start every channel from this picture" }).click();
    await page.reaches("finished");
    expect(Buffer.compare(await last(page), before) === 0).toBe(false);
    expect(await page.messages()).toEqual([]);
    const chosen = page.page.locator("#setting-start");
    expect(await chosen.evaluate((select) => (select as HTMLSelectElement).selectedOptions[0]?.text)).toBe(
      `Picture: ${name}`,
    );
  },
);

it("a picture that this browser cannot show is named, also where a weight file was to be chosen", async () => {
  const page = await finished();
  const states = await page.states();
  const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypheic"), Buffer.alloc(30)]);
  await page.page.locator("#file-input").setInputFiles({ name: "photo.heic", mimeType: "", buffer: heic });
  await expect
    .poll(() => page.page.locator("#notices").innerText())
    .toMatch(/“photo.heic” is a picture.*cannot be read as a picture/s);
  expect(await page.states()).toEqual(states);
});
