import { describe, expect, it } from "vitest";
import { weightSource } from "../src/engine/source";

const BASE = "https://example.org/course/page.html#layer=block1_conv2";

/** The address that goes to the engine. */
function address(weights: string | URL): string | Blob {
  const { source, name } = weightSource(weights, BASE);
  expect(name).toBe(source);
  return source;
}

describe("a folder", () => {
  it.each([
    ["weights/demo/", "https://example.org/course/weights/demo/"],
    ["weights/demo", "https://example.org/course/weights/demo/"],
    ["/w", "https://example.org/w/"],
    [" ../w ", "https://example.org/w/"],
    ["", "https://example.org/course/page.html/"],
    ["https://host.example/a.b/v1.5", "https://host.example/a.b/v1.5/"],
    ["https://host.example/w/?v=1#part", "https://host.example/w/"],
    ["https://host.example/w.safetensors/", "https://host.example/w.safetensors/"],
    ["https://host.example/model.safetensors.index.json", "https://host.example/"],
    ["https://host.example/w/model.safetensors.index.json?x", "https://host.example/w/"],
    ["https://huggingface.co/o/n/resolve/main", "https://huggingface.co/o/n/resolve/main/"],
  ])("%s is %s", (weights, folder) => {
    expect(address(weights)).toBe(folder);
  });
});

describe("a file", () => {
  it.each([
    ["vgg16.safetensors", "https://example.org/course/vgg16.safetensors"],
    ["https://host.example/VGG16.SafeTensors", "https://host.example/VGG16.SafeTensors"],
    ["https://host.example/w.h5?download=true#x", "https://host.example/w.h5?download=true"],
    ["https://host.example/vgg16.weights.h5", "https://host.example/vgg16.weights.h5"],
    ["https://host.example/get?file=vgg16-397923af.pth", "https://host.example/get?file=vgg16-397923af.pth"],
    ["https://host.example/w.hdf5", "https://host.example/w.hdf5"],
    ["https://host.example/w.keras", "https://host.example/w.keras"],
    ["https://host.example/w.pt", "https://host.example/w.pt"],
    [
      "https://huggingface.co/o/n/resolve/main/model.safetensors",
      "https://huggingface.co/o/n/resolve/main/model.safetensors",
    ],
  ])("%s is %s", (weights, file) => {
    expect(address(weights)).toBe(file);
    expect(address(new URL(weights, BASE))).toBe(file);
  });
});

describe("what a model hub shows is a page about a file; its address is told", () => {
  it.each([
    ["o/n/blob/main/model.safetensors", "o/n/resolve/main/model.safetensors"],
    ["o/n/blob/refs%2Fpr%2F1/a/vgg.h5?x=1", "o/n/resolve/refs%2Fpr%2F1/a/vgg.h5"],
    ["o/n/blob/main/model.safetensors.index.json", "o/n/resolve/main/model.safetensors.index.json"],
    ["o/n/tree/main/weights", "o/n/resolve/main/weights/"],
    ["o/n/tree/main", "o/n/resolve/main/"],
    ["o/n", "o/n/resolve/main/"],
  ])("%s", (page, behind) => {
    const hub = "https://huggingface.co/";
    expect(() => weightSource(hub + page, BASE)).toThrow(
      expect.objectContaining({
        code: "invalid-option",
        message: expect.stringContaining(`behind that web page, ${hub}${behind}.`),
      }),
    );
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
    expect(weightSource(file, BASE)).toEqual({ source: file, name: "vgg16.h5" });
  });

  it("other bytes have none, and a buffer becomes a blob with the same contents", async () => {
    const blob = new Blob(["abc"]);
    expect(weightSource(blob, BASE)).toEqual({ source: blob, name: "the given bytes" });
    const { source, name } = weightSource(Uint8Array.of(1, 2, 3).buffer, BASE);
    expect(name).toBe("the given bytes");
    expect(source).toBeInstanceOf(Blob);
    expect(new Uint8Array(await (source as Blob).arrayBuffer())).toEqual(Uint8Array.of(1, 2, 3));
  });
});
