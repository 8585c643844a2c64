/** A worker that dies takes its run with it, and nothing else: the page says so, and the next start works. */
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { stage } from "./support/fixture";
import { LabPage } from "./support/lab";
import { ScopePage } from "./support/scope-page";

const set = stage();
const ENDLESS = { layer: "block1_conv2", width: 24, height: 24, iterations: 10_000 };
let lab: LabPage;

beforeAll(async () => {
  lab = await LabPage.open(set);
});

afterAll(() => expect(unexpected(lab.errors)).toEqual([]));

/** The browser may or may not hand a dying worker's last words on to the page. */
function unexpected(errors: readonly string[]): string[] {
  return errors.filter((error) => !/boom|left alone/.test(error));
}

it("on the page: the message names it, the tiles say that they were interrupted, Start works again", async () => {
  const page = await ScopePage.open(set, {
    backend: "cpu",
    width: "24",
    height: "24",
    iterations: "10000",
    channels: "0-7",
  });
  onTestFinished(() => page.close());
  await page.reaches("running");
  const [worker] = page.page.workers();
  await worker?.evaluate(() => {
    setTimeout(() => {
      throw new Error("boom");
    });
  });
  await page.reaches("error");
  const [message, ...others] = await page.messages();
  expect(others).toEqual([]);
  expect(message?.code).toBe("engine-crashed");
  expect(message?.text).toMatch(/stopped unexpectedly.*boom.*Start again/s);
  expect((await page.tiles()).map(({ note }) => note)).toEqual(Array(8).fill("Interrupted"));
  expect(await page.page.locator("#run-line").textContent()).toMatch(/error/);
  // The whole pool is gone, not only the worker that died.
  await expect.poll(() => page.page.workers().length).toBe(0);

  await page.page.evaluate(() => {
    location.hash = location.hash.replace("iterations=10000", "iterations=5");
  });
  await page.reaches("finished");
  expect(await page.messages()).toEqual([]);
  expect((await page.drawnTiles(8)).map(({ note }) => note)).toEqual(Array(8).fill(""));
  await page.press("Start");
  await page.reaches("finished");
  expect(unexpected(page.errors)).toEqual([]);
});

it("through the API: everything pending is refused, and a new scope works", async () => {
  const scope = await lab.scope({ backend: "cpu" });
  const pending = lab.page.evaluate(
    async ([number, order]) => {
      const run = inPage.scope(number).ascend({ ...order, channels: [0, 1] });
      const loop = inPage.refusal(async () => {
        for await (const { iteration } of run) if (iteration === 3) document.title = "climbing";
      });
      return [
        await loop,
        await inPage.refusal(() => run.finished),
        await inPage.refusal(() => run.iterate(0, 1)),
      ];
    },
    [scope, ENDLESS] as const,
  );
  await lab.page.waitForFunction(() => document.title === "climbing");
  await lab.page.workers()[0]?.evaluate(() => {
    setTimeout(() => {
      throw new Error("boom");
    });
  });
  for (const refusal of await pending) {
    expect(refusal).toMatchObject({
      own: true,
      code: "engine-crashed",
      message: expect.stringContaining("boom"),
    });
  }
  const next = await lab.scope({ backend: "cpu" });
  expect(await lab.climb(next, { ...ENDLESS, iterations: 3, channels: [0, 1] })).toHaveLength(6);
});

it("a rejection that nobody handles in a worker counts as a crash too", async () => {
  const scope = await lab.scope({ backend: "cpu" });
  const pending = lab.page.evaluate(
    ([number, order]) => {
      document.title = "waiting";
      return inPage.refusal(() => inPage.scope(number).ascend({ ...order, channels: [0] }).finished);
    },
    [scope, ENDLESS] as const,
  );
  await lab.page.waitForFunction(() => document.title === "waiting");
  await lab.page
    .workers()
    .at(-1)
    ?.evaluate(() => {
      void Promise.reject(new Error("left alone"));
    });
  expect(await pending).toMatchObject({
    own: true,
    code: "engine-crashed",
    message: expect.stringContaining("left alone"),
  });
});
