import { describe, expect, it } from "vitest";
import { entrySource, weightSource } from "../src/engine/source";

const BASE = "https://example.org/course/page.html#layer=block1_conv2";

/** The address that goes to the engine. */
function address(weights: string | URL): string {
  const { sources, name } = weightSource(weights, BASE);
  expect(sources).toEqual([name]);
  return name;
}

describe("an address", () => {
  it.each([
    ["weights/demo/", "https://example.org/course/weights/demo/"],
    ["weights/demo", "https://example.org/course/weights/demo"],
    ["/w", "https://example.org/w"],
    [" ../w ", "https://example.org/w"],
    ["vgg16.safetensors", "https://example.org/course/vgg16.safetensors"],
    ["https://host.example/w.h5?download=true#x", "https://host.example/w.h5?download=true"],
    ["https://host.example/signed/?token=a%2Fb&e=1#part", "https://host.example/signed/?token=a%2Fb&e=1"],
    ["https://host.example/files/vgg16.h5/content", "https://host.example/files/vgg16.h5/content"],
    ["https:/host.example/w/", "https://host.example/w/"],
    ["HTTP:/host.example/w/", "http://host.example/w/"],
  ])("%s is %s, with its query and without its fragment", (weights, absolute) => {
    expect(address(weights)).toBe(absolute);
    if (!weights.includes(":/h")) expect(address(new URL(weights, BASE))).toBe(absolute);
  });
});

describe("a hub's page about a file stands for the file, and its page about a folder for the folder", () => {
  const raw = "https://raw.githubusercontent.com/";
  const face = "https://huggingface.co/";
  it.each([
    [`${face}o/n/blob/main/model.safetensors`, `${face}o/n/resolve/main/model.safetensors`],
    [`${face}o/n/raw/main/model.safetensors`, `${face}o/n/resolve/main/model.safetensors`],
    [`${face}o/n/blob/refs%2Fpr%2F1/a/vgg.h5?x=1`, `${face}o/n/resolve/refs%2Fpr%2F1/a/vgg.h5`],
    [`${face}o/n/blob/main/weights`, `${face}o/n/resolve/main/weights`],
    [`${face}o/n/tree/main/weights`, `${face}o/n/resolve/main/weights/`],
    [`${face}o/n/tree/main`, `${face}o/n/resolve/main/`],
    [`${face}o/n`, `${face}o/n/resolve/main/`],
    [`${face}datasets/o/n/blob/main/a.pth`, `${face}datasets/o/n/resolve/main/a.pth`],
    ["https://hf.co/o/n/blob/main/a.pth", `${face}o/n/resolve/main/a.pth`],
    ["https://github.com/o/r/blob/main/w/vgg16.h5?raw=true", `${raw}o/r/main/w/vgg16.h5`],
    ["https://github.com/o/r/raw/refs/heads/main/vgg16.pth", `${raw}o/r/refs/heads/main/vgg16.pth`],
    ["https://www.github.com/o/r/tree/v1.0/weights/", `${raw}o/r/v1.0/weights/`],
    ["https://github.com/o/r", `${raw}o/r/HEAD/`],
    ["https://github.com/o/r.git", `${raw}o/r/HEAD/`],
    [
      "https://gitlab.com/g/s/p/-/blob/main/vgg.h5?ref_type=heads",
      "https://gitlab.com/g/s/p/-/raw/main/vgg.h5",
    ],
    ["https://gitlab.com/g/p/-/tree/main/w", "https://gitlab.com/g/p/-/raw/main/w/"],
  ])("%s", (page, bytes) => {
    expect(address(page)).toBe(bytes);
  });

  it.each([
    `${face}o/n/resolve/main/model.safetensors?download=true`,
    `${raw}o/r/main/vgg16.h5?token=a`,
    "https://github.com/o/r/releases/download/v1/vgg16.h5",
    "https://gitlab.com/g/p/-/raw/main/vgg.h5?inline=false",
    "https://host.example/o/r/blob/main/vgg16.h5",
  ])("%s is left as it is", (given) => {
    expect(address(given)).toBe(given);
  });
});

it("a model of the catalogue is its addresses in order, which count from the site, and what is said of it", () => {
  const entry = {
    id: "mine",
    name: "Mine",
    note: "Trained at home.",
    licence: "CC0-1.0",
    preprocessing: "torch",
    sources: ["weights/mine/", "https://host.example/mine.safetensors"],
    sha256: { block1_conv1: "0".repeat(64) },
  } as const;
  const here = "https://example.org/vgg/weights/mine/";
  expect(entrySource(entry, "https://example.org/vgg/")).toEqual({
    sources: [here, "https://host.example/mine.safetensors"],
    name: here,
    stated: {
      name: "Mine",
      description: "Trained at home.",
      licence: "CC0-1.0",
      preprocessing: "torch",
      source: here,
    },
    expected: { sha256: entry.sha256 },
  });
});

describe("no address of weights", () => {
  it.each([
    ["https://", "http or https"],
    ["http://[", "http or https"],
    ["javascript:alert(1)", "http or https"],
    ["data:application/json,{}", "http or https"],
    ["file:///home/me/vgg.h5", "http or https"],
    ["blob:https://example.org/uuid", "http or https"],
    ["https://me:secret@host.example/w/", "without a user name"],
  ])("%s", (weights, allowed) => {
    expect(() => weightSource(weights, BASE)).toThrow(
      expect.objectContaining({ name: "VggscopeError", code: "invalid-option" }),
    );
    expect(() => weightSource(weights, BASE)).toThrow(allowed);
  });

  it("is cut in the message when it is very long", () => {
    expect(() => weightSource(`javascript:${"x".repeat(100_000)}`, BASE)).toThrow(/^.{1,500}$/);
  });
});

describe("what is at hand", () => {
  it("a file goes by its name", () => {
    const file = new File([new Uint8Array(3)], "vgg16.h5");
    expect(weightSource(file, BASE)).toEqual({ sources: file, name: "vgg16.h5" });
  });

  it("other bytes have none, and a buffer becomes a blob with the same contents", async () => {
    const blob = new Blob(["abc"]);
    expect(weightSource(blob, BASE)).toEqual({ sources: blob, name: "the given bytes" });
    const { sources, name } = weightSource(Uint8Array.of(1, 2, 3).buffer, BASE);
    expect(name).toBe("the given bytes");
    expect(sources).toBeInstanceOf(Blob);
    expect(new Uint8Array(await (sources as Blob).arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
  });
});
