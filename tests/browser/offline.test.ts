/** Without a connection: what is kept works, what is not is named, and nothing drawn is lost. */
import { expect, it } from "vitest";
import { own, stage } from "./support/fixture";
import { LabPage } from "./support/lab";
import { ScopePage } from "./support/scope-page";

// As real hosts do, this one lets browsers keep the program.
const set = stage({ cacheable: "/assets/" });
const SMALL = {
  backend: "cpu",
  layer: "block1_conv2",
  channels: "0-3",
  width: "16",
  height: "16",
  iterations: "3",
};

it("offline: weights never fetched are named with what to do; kept ones climb; back online all is well", async () => {
  const [kept, unknown] = [own.narrow(), own.narrow()];
  const page = await ScopePage.open(set, { ...SMALL, weights: kept });
  await page.reaches("finished");
  await page.furnished();

  await page.context.setOffline(true);
  const asked = () => [kept, unknown].flatMap((folder) => set.site.servedUnder(folder));
  const before = asked();
  await page.press("Start");
  await page.reaches("finished");
  await page.link({ weights: unknown });
  await page.reaches("error");
  const [message, ...others] = await page.messages();
  expect(others).toEqual([]);
  expect(message?.code).toBe("weights-offline");
  expect(message?.text).toContain(unknown);
  expect(message?.text).toMatch(/offline.*connect and try again/i);
  expect(await page.drawnTiles(4)).toHaveLength(4);

  // The engine was closed with its weights: they come from the cache.
  await page.link({ weights: kept });
  await page.reaches("finished");
  expect(await page.messages()).toEqual([]);
  await page.link({ layer: "block3_conv1" });
  await page.reaches("error");
  expect((await page.messages())[0]?.code).toBe("weights-offline");
  expect(asked()).toEqual(before);

  await page.context.setOffline(false);
  await page.page.getByRole("button", { name: "Try again" }).click();
  await page.reaches("finished");
  expect(await page.messages()).toEqual([]);
  expect(page.errors).toEqual([]);
  await page.close();
});

it("a load that fails leaves no lock behind, which would hold up every tab", async () => {
  const lab = await LabPage.open(set);
  const scope = await lab.scope({ weights: own.narrow(), backend: "cpu" });
  const climb = { layer: "block1_conv1", channels: [0], width: 16, height: 16, iterations: 1 };
  await lab.climb(scope, climb);
  await lab.page.context().setOffline(true);
  // The first layer that is missing fails while the others are still asking for their locks, or have them.
  for (let times = 0; times < 20; times++) {
    const refusal = await lab.page.evaluate(
      ([number, order]) => inPage.refusal(() => inPage.scope(number).ascend(order).finished),
      [scope, { ...climb, layer: "block5_conv3" }] as const,
    );
    expect(refusal).toMatchObject({ own: true, code: "weights-offline" });
    await expect.poll(() => lab.page.evaluate(locks)).toEqual([]);
  }
  await lab.page.context().setOffline(false);
  await lab.climb(scope, { ...climb, layer: "block5_conv3" });
  await lab.close();
});

it("a connection that goes away in the middle: the load is taken up when it is back", async () => {
  const page = await ScopePage.open(set, { ...SMALL, layer: "block1_conv1", weights: own.full() });
  await page.reaches("finished");
  await page.furnished();
  await page.context.setOffline(true);
  await page.link({ layer: "block1_conv2" });
  await page.reaches("error");
  expect((await page.messages())[0]?.code).toBe("weights-offline");
  await page.context.setOffline(false);
  await page.press("Start");
  await page.reaches("finished");
  await page.close();
});

/** Runs in the page: the locks of its site that somebody has or waits for. */
async function locks(): Promise<(string | undefined)[]> {
  const { held = [], pending = [] } = await navigator.locks.query();
  return [...held, ...pending].map(({ name }) => name);
}
