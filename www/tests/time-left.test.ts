import { expect, it } from "vitest";
import { TimeLeft } from "../src/engine/time-left";

/** Reports every `everyMs`, `bytes` more each time; the last estimate. */
function steady(
  timeLeft: TimeLeft,
  times: number,
  bytes: number,
  everyMs: number,
  from = { bytes: 0, at: 0 },
) {
  let last: number | undefined;
  for (let step = 1; step <= times; step++) {
    last = timeLeft.estimate(from.bytes + step * bytes, 1_000_000, from.at + step * everyMs);
  }
  return last;
}

it("says nothing until there is something to go by", () => {
  const timeLeft = new TimeLeft();
  expect(timeLeft.estimate(0, 1_000_000, 0)).toBeUndefined();
  expect(timeLeft.estimate(50_000, 1_000_000, 300)).toBeUndefined();
  expect(timeLeft.estimate(50_000, 1_000_000, 1000)).toBe(19);
});

it("says nothing while nothing comes", () => {
  const timeLeft = new TimeLeft();
  timeLeft.estimate(1000, 1_000_000, 0);
  expect(timeLeft.estimate(1000, 1_000_000, 2000)).toBeUndefined();
});

it("divides what is left by the speed", () => {
  expect(steady(new TimeLeft(), 20, 10_000, 100)).toBeCloseTo(8, 5);
});

it("follows a connection that slows down, within the seconds it looks back", () => {
  const timeLeft = new TimeLeft();
  steady(timeLeft, 20, 20_000, 100);
  const left = steady(timeLeft, 100, 2000, 100, { bytes: 400_000, at: 2000 });
  expect(left).toBeCloseTo(400_000 / 20_000, 5);
});

it("is smooth where bytes come in lumps", () => {
  const timeLeft = new TimeLeft();
  const estimates = Array.from({ length: 60 }, (_, step) =>
    timeLeft.estimate(Math.floor(step / 5) * 50_000, 4_000_000, step * 100),
  );
  const later = estimates.slice(30).filter((seconds) => seconds !== undefined);
  expect(later).toHaveLength(30);
  const rates = later.map((seconds, index) => (4_000_000 - Math.floor((30 + index) / 5) * 50_000) / seconds);
  expect(Math.max(...rates) / Math.min(...rates)).toBeLessThan(1.2);
});

it("begins anew with another load", () => {
  const timeLeft = new TimeLeft();
  steady(timeLeft, 20, 10_000, 100);
  expect(timeLeft.estimate(300_000, 2_000_000, 2100)).toBeUndefined();
  expect(timeLeft.estimate(10_000, 2_000_000, 3000)).toBeUndefined();
  expect(timeLeft.estimate(110_000, 2_000_000, 4000)).toBeCloseTo(18.9, 5);
});

it("comes to nothing when all is there, and is never negative", () => {
  const timeLeft = new TimeLeft();
  expect(steady(timeLeft, 100, 10_000, 100)).toBe(0);
});
