/** Runs that are changed at their end, and runs that are stopped before they begin. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { own, stage, WEIGHTS } from "./support/fixture";
import { LabPage } from "./support/lab";

const set = stage();
const options = { layer: "block2_conv1", width: 24, height: 24, preprocessing: "none" } as const;
let lab: LabPage;

beforeAll(async () => {
  lab = await LabPage.open(set);
});

afterAll(() => expect(lab.errors).toEqual([]));

it.each([
  ["more steps", { iterations: 10 }],
  ["more steps and another learning rate", { iterations: 10, learningRate: 3 }],
])("a run paused when its first channel is through goes on with %s", async (_what, changes) => {
  const scope = await lab.scope({ weights: WEIGHTS.narrow, backend: "cpu" });
  const seen = await lab.page.evaluate(
    async ([number, order, changes]) => {
      const run = inPage.scope(number).ascend({ ...order, channels: [0, 1, 2], iterations: 5 });
      const newest: Record<number, number> = {};
      let after: Promise<number> | undefined;
      for await (const { channel, iteration } of run) {
        newest[channel] = iteration;
        if (iteration < 5 || after) continue;
        run.pause();
        after = run.resume(changes);
      }
      // The same steps by the new settings, from where they began to hold.
      const turn = (await after) ?? 0;
      const image = async (channel: number, at: number) => (await run.iterate(channel, at)).pixels();
      const kept = await image(1, turn);
      const { learningRate = 10, iterations } = changes as { learningRate?: number; iterations: number };
      const again = inPage.scope(number).ascend({
        ...order,
        channels: [1],
        start: kept,
        learningRate,
        iterations: iterations - turn,
      });
      await again.finished;
      const [ours, theirs] = [
        await image(1, iterations),
        await (await again.iterate(1, iterations - turn)).pixels(),
      ];
      const alike = ours.every((value, index) => value === theirs[index]);
      return { newest, outcome: await run.finished, turn, alike };
    },
    [scope, options, changes] as const,
  );
  expect(seen.newest).toEqual({ 0: 10, 1: 10, 2: 10 });
  expect(seen).toMatchObject({ outcome: "finished", turn: 5, alike: true });
});

it("a run stopped in the turn it started in fetches nothing", async () => {
  const scope = await lab.scope({ weights: own.narrow(), backend: "cpu" });
  const fetched = await lab.page.evaluate(
    async ([number, order]) => {
      const scope = inPage.scope(number);
      const run = scope.ascend({ ...order, layer: "block5_conv3", width: 32, height: 32, channels: [0] });
      run.stop();
      const outcome = await run.finished;
      // Whatever the first had asked for would have come before this.
      await scope.ascend({ ...order, layer: "block1_conv1", channels: [0], iterations: 1 }).finished;
      const [first] = scope.model.layers;
      return { outcome, all: scope.bytesFetched, first: first?.bytes };
    },
    [scope, options] as const,
  );
  expect(fetched.outcome).toBe("stopped");
  expect(fetched.all).toBe(fetched.first);
});
