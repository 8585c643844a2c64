import { expect, it } from "vitest";
import { Pace } from "../src/element/pace";
import { formatProgress } from "../src/words/numbers";

it("estimates the time left from what came after the first round", () => {
  let now = 0;
  const pace = new Pace(2, 10, () => now);
  pace.count();
  now = 5000;
  pace.count();
  expect(pace.progress()).toEqual({
    done: 2,
    total: 20,
    channels: 2,
    iterations: 10,
    secondsLeft: undefined,
  });
  now = 6000;
  pace.count();
  pace.count();
  expect(pace.progress().secondsLeft).toBe(8);
  expect(formatProgress(pace.progress())).toBe("Step 2 of 10, about 8 s left");
});
