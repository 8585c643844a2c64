/** The page stays smooth while forty images climb: no task of its main thread takes longer than 50 ms. */
import { expect, it, onTestFinished } from "vitest";
import { stage } from "./support/fixture";
import { watchMainThread } from "./support/main-thread";
import { ScopePage } from "./support/scope-page";

const set = stage();
/** What the Long Tasks API calls long. */
const LONG_MS = 50;

async function climbing(link: Record<string, string>): Promise<ScopePage> {
  const page = await ScopePage.open(set, { backend: "cpu", iterations: "10000", ...link });
  onTestFinished(() => page.close());
  await page.reaches("running");
  return page;
}

/** Waits until every tile has come so far. */
async function allReach({ page }: ScopePage, step: number): Promise<void> {
  const reached = (least: number) => {
    const steps = [...document.querySelectorAll(".vgg-iteration")].map(({ textContent }) =>
      Number(textContent?.replace("step ", "")),
    );
    return steps.length === 40 && steps.every((one) => one >= least);
  };
  await page.waitForFunction(reached, step, { polling: 200, timeout: 100_000 });
}

it.each([
  ["150", 4],
  ["32", 40],
])("no long task while forty channels of block1_conv2 climb at %s pixels", async (size, steps) => {
  const page = await climbing({ layer: "block1_conv2", width: size, height: size });
  const { tasks } = await watchMainThread(set.browser, page.page, () => allReach(page, steps));
  const longest = Math.max(...tasks);
  process.stdout.write(
    `main thread at ${size} px: ${tasks.length} tasks, the longest ${longest.toFixed(1)} ms\n`,
  );
  // It was really climbing all the while, and the page said so.
  expect(await page.page.locator("vgg-scope").getAttribute("data-state")).toBe("running");
  expect(tasks.length).toBeGreaterThan(steps);
  expect(longest).toBeLessThan(LONG_MS);
  expect(page.errors).toEqual([]);
});

it("a long task is seen where there is one", async () => {
  const page = await climbing({ width: "16", height: "16" });
  const { tasks } = await watchMainThread(set.browser, page.page, () =>
    page.page.evaluate(() => {
      for (const end = performance.now() + 400; performance.now() < end; );
    }),
  );
  expect(Math.max(...tasks)).toBeGreaterThan(LONG_MS);
});
