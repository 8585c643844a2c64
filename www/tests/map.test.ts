import { describe, expect, it } from "vitest";
import { channelsOf, LAYERS } from "../src/basics/vgg16";
import { downloadOf, operationsOf, positionsOf } from "../src/page/map/cost";
import type { LayerInfo, ModelInfo } from "../src/public/types";
import { aboutLayer, formatOperations, type LayerFacts } from "../src/words/map";

const NOTES = { width: 150, height: 150 };
const BYTES = [4, 74, 0, 148, 295, 0, 591, 1180, 1180, 0, 2400, 4700, 4700, 0, 4700, 4700, 4700, 0];

/** VGG16 as an open model, loaded up to block2_conv1 as a run of that layer leaves it. */
const OPEN: LayerInfo[] = LAYERS.map((layer, at) => ({
  ...layer,
  bytes: 1000 * (BYTES[at] ?? 0),
  inModel: true,
  loaded: at <= 3,
}));

describe("the table", () => {
  it("has 13 convolutions and 5 poolings, as wide and as far-sighted as published", () => {
    expect(LAYERS).toHaveLength(18);
    expect(LAYERS.filter(({ kind }) => kind === "convolution")).toHaveLength(13);
    expect(LAYERS.map(({ receptiveField }) => receptiveField)).toEqual([
      3, 5, 6, 10, 14, 16, 24, 32, 40, 44, 60, 76, 92, 100, 132, 164, 196, 212,
    ]);
    expect(LAYERS.find(({ name }) => name === "block5_pool")).toMatchObject({
      downsampling: 32,
      channels: 512,
    });
    expect(channelsOf("block3_pool")).toBe(256);
  });
});

describe("the cost of a step", () => {
  it.each([
    ["block1_conv2", 0.21e9],
    ["block2_conv2", 5.16e9],
    ["block3_conv1", 8.46e9],
    ["block4_conv3", 21.1e9],
    ["block5_conv3", 25.7e9],
  ])("of %s at the notes' size", (layer, operations) => {
    expect(operationsOf(layer, LAYERS, NOTES) / operations).toBeCloseTo(1, 1.5);
  });

  it("of a pooling is that of the convolution before it", () => {
    expect(operationsOf("block2_pool", LAYERS, NOTES)).toBe(operationsOf("block2_conv2", LAYERS, NOTES));
  });

  it("grows with the image, whose odd rows poolings drop", () => {
    const small = operationsOf("block1_conv2", LAYERS, { width: 75, height: 150 });
    expect(small).toBe(operationsOf("block1_conv2", LAYERS, NOTES) / 2);
    expect(positionsOf({ downsampling: 4 }, NOTES)).toEqual({ width: 37, height: 37 });
  });

  it("is said in words", () => {
    expect(formatOperations(8.456e9)).toBe("8.5 billion operations");
    expect(formatOperations(207_360_000)).toBe("207 million operations");
  });
});

describe("what a choice downloads", () => {
  it("is every file up to it that is neither loaded nor kept", () => {
    expect(downloadOf("block2_conv1", OPEN, new Set())).toBe(0);
    expect(downloadOf("block2_conv2", OPEN, new Set())).toBe(295_000);
    expect(downloadOf("block3_pool", OPEN, new Set(["block3_conv1"]))).toBe(295_000 + 2 * 1_180_000);
  });
});

describe("what is said of a layer", () => {
  const origin: ModelInfo["origin"] = {
    kind: "folder",
    address: "http://localhost/weights/",
    format: "safetensors",
    preprocessingGuessed: false,
    assumed: "",
    notKept: false,
  };
  const about = (name: string, { size = NOTES, ...changes }: Partial<LayerFacts> = {}) => {
    const layer = OPEN.find((candidate) => candidate.name === name);
    if (!layer) throw new Error(name);
    const download = downloadOf(name, OPEN, new Set());
    const positions = positionsOf(layer, size);
    const operations = operationsOf(name, OPEN, size);
    const facts = { layer, size, positions, operations, count: 40, download, origin, speed: undefined };
    return aboutLayer({ ...facts, ...changes });
  };

  it("is its shape, its cost and its weights", () => {
    expect(about("block3_conv1")).toBe(
      "block3_conv1: 256 channels of 37 × 37 positions, each of which sees 24 × 24 pixels. " +
        "One step of one channel takes 8.5 billion operations. Choosing it downloads 886 kB.",
    );
    expect(about("block1_conv2")).toMatch(/Its weights, 74 kB, are here\.$/);
    expect(about("block1_pool")).toMatch(
      /a pooling, which keeps the largest of four.*75 × 75.*Its weights are here\.$/,
    );
  });

  it("says how long a step takes once a climb has shown how fast this machine is", () => {
    expect(about("block3_conv1", { speed: 100e9 })).toContain("a step of all 40 channels about 3 s here");
    expect(about("block1_conv2", { speed: 100e9, count: 1 })).toContain("a step about 2.1 ms here");
  });

  it("says where weights come from: the cache, a file on this device, or a file that came whole", () => {
    expect(about("block3_conv1", { download: 0 })).toContain("downloads nothing: this browser kept");
    const file = { ...origin, kind: "local-file", address: "vgg16.h5" } as const;
    expect(about("block3_conv1", { origin: file })).toContain("reads 886 kB from vgg16.h5");
    const whole = { ...origin, kind: "remote-file", format: "PyTorch" } as const;
    expect(about("block3_conv1", { origin: whole })).toContain("came with the whole file");
  });

  it("warns of images that a layer leaves nothing of, and of layers that are not there", () => {
    expect(about("block5_pool", { size: { width: 24, height: 64 } })).toContain(
      "an image of 24 × 64 pixels leaves nothing here; both sides need 32.",
    );
    const [layer] = OPEN;
    expect(layer && about("block1_conv1", { layer: { ...layer, inModel: false } })).toBe(
      "block1_conv1: not in this model.",
    );
  });
});
