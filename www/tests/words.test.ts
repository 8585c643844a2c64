import { expect, it } from "vitest";
import type { ModelInfo, WeightProgress } from "../src/public/types";
import { repetition } from "../src/words/algorithm";
import * as element from "../src/words/element";
import * as link from "../src/words/link";
import { about } from "../src/words/model";
import { formatActivation, formatBytes, formatWeights } from "../src/words/numbers";
import * as page from "../src/words/page";

it.each([
  [0, "0.000"],
  [0.12345, "0.123"],
  [12.345, "12.35"],
  [345.67, "345.7"],
  [1972.8, "1973"],
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

const HALF: WeightProgress = {
  loadedBytes: 1_200_000,
  totalBytes: 2_225_000,
  layer: "block3_conv1",
  state: "fetching",
  detail: "",
  secondsLeft: undefined,
};

it.each<[Partial<WeightProgress>, string]>([
  [{}, "1.2 of 2.2 MB"],
  [{ secondsLeft: 4.2 }, "1.2 of 2.2 MB, about 4 s left"],
  [{ secondsLeft: 200 }, "1.2 of 2.2 MB, about 3 min left"],
  [{ loadedBytes: 74_000, secondsLeft: 0.2 }, "74 kB of 2.2 MB, about 1 s left"],
  [{ loadedBytes: 0 }, "0 bytes of 2.2 MB"],
  [{ state: "reading" }, "reading 1.2 of 2.2 MB"],
  [
    { state: "retrying", detail: "Trying again in 1 s: the connection was lost." },
    "1.2 of 2.2 MB. Trying again in 1 s: the connection was lost.",
  ],
  [
    { state: "retrying", detail: "Trying again in 3 s. w/a could not be read: reset; check the connection." },
    "1.2 of 2.2 MB. Trying again in 3 s. w/a could not be read: reset.",
  ],
  [
    { state: "waiting", detail: "This file is on its way already, perhaps in another tab." },
    "1.2 of 2.2 MB. This file is on its way already, perhaps in another tab.",
  ],
  [
    { loadedBytes: 0, totalBytes: 0, state: "retrying", detail: "Trying again in 1 s." },
    "nothing yet. Trying again in 1 s.",
  ],
  [{ loadedBytes: 2_225_000 }, "2.2 MB read"],
  [{ loadedBytes: 2_225_000, state: "reading" }, "2.2 MB read"],
])("says of weights on their way, %o: %s", (changes, text) => {
  expect(formatWeights({ ...HALF, ...changes })).toBe(text);
});

it("says one of what there is one of", () => {
  const one = { done: 1, total: 1, channels: 1, iterations: 1, secondsLeft: undefined };
  expect(page.finished(one)).toBe("Finished: 1 step of 1 channel");
  expect(page.finished({ ...one, iterations: 2, channels: 40 })).toBe("Finished: 2 steps of 40 channels");
  expect(page.channelsShown("5") + page.ofAll(64)).toBe("5 of 64");
  expect(page.channelsShown("0-3,7") + page.ofAll(64)).toBe("0–3, 7 of 64");
  expect(element.grid(1, "block1_conv1")).toBe("1 channel of block1_conv1");
  expect(link.unknownKeys(["a"])).toContain("which is no setting");
  expect(link.iterationTooFar(2, 1)).toContain("takes 1 step.");
  expect(repetition(1).meaning).toContain("1 step.");
  expect(formatBytes(1)).toBe("1 byte");
});

it("tells of a model in sentences, each of which begins and ends as one", () => {
  const model = { name: "procedural textures", description: "trained on noise", licence: "" };
  expect(about(model as ModelInfo)).toBe("Procedural textures. Trained on noise.");
});
