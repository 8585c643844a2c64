/** Runs whose pictures look as they did at the start: said so, with how far they moved, in the page and in an element. */
import { expect, it } from "vitest";
import type { VggScopeElement } from "../../www/src/vggscope";
import { MOUNTS, stage } from "./support/fixture";
import { type Convolution, generate } from "./support/generated-weights";
import { folder } from "./support/mounts";
import { ScopePage } from "./support/scope-page";

const LAYER = "block1_conv2";
const FAINT = "/faint/";

/** Weights of a scale that the notes' learning rate is not made for. */
function faint(): Convolution[] {
  return generate({ seed: 2024, divisor: 1, upTo: LAYER }).map(({ kernel, bias, ...one }) => ({
    ...one,
    kernel: kernel.map((value) => value / 10),
    bias: bias.map((value) => value / 100),
  }));
}

const set = stage({ mounts: [folder(FAINT, faint), ...MOUNTS] });
const LINK = {
  backend: "cpu",
  weights: FAINT,
  layer: LAYER,
  width: "24",
  height: "16",
  iterations: "20",
  channels: "0-2",
};

/** The largest change since the start, as a share of the range from black to white, over all channels. */
function farthest(page: ScopePage): Promise<number> {
  return page.page.evaluate(async () => {
    const run = document.querySelector<VggScopeElement>("vgg-scope")?.run;
    const image = async (channel: number, iteration: number) =>
      (await (await run?.iterate(channel, iteration))?.pixels()) ?? new Float32Array();
    const shares = [0, 1, 2].map(async (channel) => {
      const [start, end] = [await image(channel, 0), await image(channel, 20)];
      const most = Math.max(...end.map((value, at) => Math.abs(value - (start[at] ?? Number.NaN))));
      return most / (Math.max(...end) - Math.min(...end));
    });
    return Math.max(...(await Promise.all(shares)));
  });
}

it("a finished run whose pictures hardly moved says how far, and which learning rate moves them", async () => {
  const page = await ScopePage.visit(set, LINK);
  await page.reaches("finished");
  await expect.poll(async () => (await page.messages()).length).toBe(1);
  const [message] = await page.messages();
  const share = await farthest(page);
  expect(share).toBeLessThan(0.05);
  expect(share).toBeGreaterThan(0);
  const told = Number(message?.text.match(/In 20 steps no value.*more than ([\d.]+) %/)?.[1]);
  expect(told / (100 * share)).toBeCloseTo(1, 0);
  const rate = message?.text.match(/learning rate of about ([\d.]+)/)?.[1];

  // That learning rate does move them, and nothing more is said.
  await page.link({ "learning-rate": rate ?? "" });
  await page.reaches("finished");
  expect(await farthest(page)).toBeGreaterThan(0.3);
  await page.page.evaluate(() => document.querySelector<VggScopeElement>("vgg-scope")?.run?.moved(0, 20));
  expect(await page.messages()).toEqual([]);
});

it("so it does in an element on another page, which keeps the newest iterates alone", async () => {
  const page = await ScopePage.visit(set, {}, { path: "/pages/blank.html" });
  await page.page.evaluate((link) => {
    const script = Object.assign(document.createElement("script"), { type: "module", src: "/vggscope.js" });
    const element = document.createElement("vgg-scope");
    for (const [name, value] of Object.entries(link)) element.setAttribute(name, value);
    document.body.append(script, element);
  }, LINK);
  await page.reaches("finished");
  await expect
    .poll(async () => (await page.messages()).map(({ text }) => text).join())
    .toContain("The pictures hardly moved");
});
