import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LIMITS } from "../src/basics/limits";
import { checkActivationOptions, checkAscendOptions, checkOpenOptions } from "../src/engine/options";
import type { AscendOptions } from "../src/public/types";

const GOOD: AscendOptions = { layer: "block1_conv2", channels: [0, 1] };

describe("ascend", () => {
  it("takes the least, the most, and options given as undefined", () => {
    expect(() => checkAscendOptions(GOOD)).not.toThrow();
    expect(() =>
      checkAscendOptions({ ...GOOD, start: undefined, keep: undefined, width: undefined }),
    ).not.toThrow();
    expect(() =>
      checkAscendOptions({ ...GOOD, width: 1, height: 17, iterations: 1, learningRate: -0.5, seed: 0 }),
    ).not.toThrow();
  });

  it.each<[string, unknown, string]>([
    ["layer", 3, "a name"],
    ["channels", [], "at least one"],
    ["channels", [1.5], "integer from 0"],
    ["channels", "0-39", "an array"],
    ["width", 0, "1 to 2048"],
    ["height", 12.5, "1 to 2048"],
    ["iterations", Number.POSITIVE_INFINITY, "1 to 10000"],
    ["learningRate", Number.NaN, "finite"],
    ["step", "momentum", '"gradient", "l2"'],
    ["preprocessing", "imagenet", '"none", "caffe", "torch"'],
    ["seed", -1, "0 to 9007199254740991"],
    ["seed", 2 ** 53, "0 to 9007199254740991"],
    ["start", [1, 2, 3], "Float32Array"],
    ["keep", "some", '"all", "last"'],
    ["canvases", "c", "canvases"],
  ])("refuses %s = %s by name, value and what is allowed", (name, value, allowed) => {
    const options = { ...GOOD, [name]: value };
    expect(() => checkAscendOptions(options)).toThrow(
      expect.objectContaining({
        code: "invalid-option",
        message: expect.stringContaining(`ascend: ${name} is`),
      }),
    );
    expect(() => checkAscendOptions(options)).toThrow(allowed);
  });

  it("refuses a missing option, an unknown one, and a channel given twice", () => {
    expect(() => checkAscendOptions({ layer: "block1_conv2" } as AscendOptions)).toThrow(
      "channels is missing",
    );
    const unknown = { ...GOOD, learning_rate: 3 };
    expect(() => checkAscendOptions(unknown)).toThrow(expect.objectContaining({ code: "unknown-option" }));
    expect(() => checkAscendOptions(unknown)).toThrow('"learning_rate"');
    expect(() => checkAscendOptions({ ...GOOD, channels: [4, 5, 4] })).toThrow(
      expect.objectContaining({ code: "duplicate-channel" }),
    );
  });

  it("refuses an image that is too large before anything is asked of the engine", () => {
    expect(() => checkAscendOptions({ ...GOOD, width: 2048, height: 512 })).not.toThrow();
    const large = { ...GOOD, width: 2048, height: 513 };
    expect(() => checkAscendOptions(large)).toThrow(
      expect.objectContaining({
        code: "invalid-size",
        message: expect.stringContaining("2048 x 513 pixels is too large; allowed: at most 1048576"),
      }),
    );
    const image = new Float32Array();
    const options = { layer: "block1_conv2", channel: 0, image, width: 1025, height: 1024 };
    expect(() => checkActivationOptions(options)).toThrow("activation: an image of 1025 x 1024 pixels");
  });

  it("allows what the engine does", () => {
    const engine = readFileSync(new URL("../../crate/src/settings.rs", import.meta.url), "utf8");
    const [, shift] = /MAX_PIXELS: usize = 1 << (\d+);/.exec(engine) ?? [];
    expect(2 ** Number(shift)).toBe(LIMITS.pixels.max);
  });

  it("is not fooled by names every object has", () => {
    expect(() => checkAscendOptions({ ...GOOD, constructor: 1 } as AscendOptions)).toThrow('"constructor"');
  });

  it("refuses canvases that do not match the channels", () => {
    expect(() => checkAscendOptions({ ...GOOD, canvases: [] })).toThrow("one canvas per channel (2)");
  });

  it("refuses what is no object", () => {
    expect(() => checkAscendOptions(null as unknown as AscendOptions)).toThrow("an object with options");
  });
});

it("open refuses bad values", () => {
  expect(() => checkOpenOptions({ backend: "cpu", weights: new URL("http://localhost/w/") })).not.toThrow();
  expect(() => checkOpenOptions({ weights: new Blob(), signal: AbortSignal.abort() })).not.toThrow();
  expect(() => checkOpenOptions({ weights: new ArrayBuffer(8), allowFullDownload: true })).not.toThrow();
  expect(() => checkOpenOptions({ weights: { model: "untrained" } })).not.toThrow();
  expect(() => checkOpenOptions({ weights: { model: 7 as unknown as string } })).toThrow("id of a model");
  expect(() => checkOpenOptions({ weights: null as unknown as string })).toThrow("weights is null");
  expect(() => checkOpenOptions({ backend: "gpu" as "cpu" })).toThrow('backend is "gpu"');
  expect(() => checkOpenOptions({ signal: 3 as unknown as AbortSignal })).toThrow("an AbortSignal");
  expect(() => checkOpenOptions({ allowFullDownload: "yes" as unknown as boolean })).toThrow("true or false");
  expect(() => checkOpenOptions({ weights: 7 as unknown as string })).toThrow("weights is 7");
});

it("activation refuses bad values", () => {
  const image = new Float32Array(3);
  expect(() =>
    checkActivationOptions({ layer: "block1_conv1", channel: 0, image, width: 1, height: 1 }),
  ).not.toThrow();
  expect(() => checkActivationOptions({ layer: "block1_conv1", channel: -1, image })).toThrow(
    "channel is -1",
  );
});
