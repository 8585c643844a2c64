/** What is said of a run whose pictures look as they did at its start. */
import { expect, it } from "vitest";
import { adviceOn, hardlyMoved } from "../src/element/movement";
import { RunRecord, type StepFacts } from "../src/explorer/record";

/** A run of two steps whose channels moved by these shares of a range of 2. */
function run(shares: readonly number[], flags: Partial<StepFacts> = {}) {
  const channels = shares.map((_, channel) => channel);
  const record = new RunRecord(channels, 2);
  const numbers = { objective: 0, gradientNorm: 0, min: 0, max: 1 };
  for (const channel of channels)
    record.note({ channel, iteration: 2, ...numbers, dead: false, constant: false, finite: true, ...flags });
  const asked: number[] = [];
  const moved = async (channel: number, iteration: number) => {
    expect(iteration).toBe(2);
    asked.push(channel);
    return { most: 2 * (shares[channel] ?? 0), range: 2 };
  };
  return { asked, answer: hardlyMoved({ moved }, record, channels) };
}

it("tells how far the picture that moved farthest did, where none was seen to move", async () => {
  const { asked, answer } = run([0.0003, 0.03, 0.001]);
  expect(await answer).toBe(0.03);
  expect(asked).toEqual([0, 1, 2]);
});

it("asks no further than the first picture that was seen to move", async () => {
  const { asked, answer } = run([0.01, 0.05, 0.01]);
  expect(await answer).toBeUndefined();
  expect(asked).toEqual([0, 1]);
});

it.each([{ dead: true }, { constant: true }, { finite: false }])(
  "leaves alone what says itself that it cannot move: %o",
  async (flags) => {
    const { asked, answer } = run([0, 0], flags);
    expect(await answer).toBeUndefined();
    expect(asked).toEqual([]);
  },
);

it("names a learning rate that would carry the pictures through their range", () => {
  const [told, advice, rules] = adviceOn(0.03, 100, { learningRate: 10, step: "gradient" });
  expect(told).toBe(
    "In 100 steps no value of any picture changed by more than 3 % of the range from black to white.",
  );
  expect(advice).toContain("about 300 ");
  expect(rules).toContain("Adam");
});

it("says what else may be the matter", () => {
  expect(adviceOn(0, 1, { learningRate: 0, step: "gradient" })).toContain(
    "The learning rate is 0: with any other they move.",
  );
  expect(adviceOn(0, 1, { learningRate: 10, step: "l2" })).toEqual([
    "In 1 step no value of any picture changed by more than 0 % of the range from black to white.",
    "A much larger learning rate helps.",
  ]);
  expect(adviceOn(3e-7, 2, { learningRate: -1, step: "l2" })[0]).toContain("0.00003 %");
});
