import { expect, it } from "vitest";
import { Pace } from "../src/element/pace";
import { formatActivation, formatBytes, formatProgress } from "../src/element/words";

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

it.each([
  [0, "0.000"],
  [0.12345, "0.123"],
  [12.345, "12.35"],
  [345.67, "345.7"],
  [0.0000123, "1.2e-5"],
  [-123456, "-1.2e+5"],
  [Number.NaN, "out of range"],
])("writes the activation %f as %s", (value, text) => {
  expect(formatActivation(value)).toBe(text);
});

it.each([
  [512, "512 bytes"],
  [77_000, "77 kB"],
  [29_431_712, "29.4 MB"],
])("writes %i bytes as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
