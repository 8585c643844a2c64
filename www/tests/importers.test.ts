import { describe, expect, it } from "vitest";
import type { ImportedFile, Importers, ImportModule } from "../src/engine/shared/wasm-module";
import { loadImporters } from "../src/engine/worker/importers";

const BLOB = new Blob(["weights"]);
const HEAD = new Uint8Array(8);

function imported(shard: (ordinal: number) => Uint8Array): ImportedFile {
  const ranges = () => new Float64Array([16, 24]);
  return {
    indexText: "{}",
    format: "Keras HDF5",
    isRecognised: false,
    assumed: "",
    layerBytes: new Float64Array([8]),
    ranges,
    shard,
  };
}

function host(open: (name: string) => ImportedFile, start: () => Promise<unknown> = async () => null) {
  const Importer: Importers = {
    open: (_blob, name) => open(name),
    formatOf: (name) => open(name).format,
    headerEnd: (name) => open(name).layerBytes.length,
    openParts: (name) => open(name),
  };
  return {
    loadReader: async (): Promise<ImportModule> => ({ default: start, Importer }),
    panic: () => "panicked at crate/src/weights/import/hdf5",
  };
}

const trap = (): never => {
  throw new WebAssembly.RuntimeError("unreachable");
};

describe("loadImporters", () => {
  it("hands over what the reader says of the file, and its layers", async () => {
    const importers = await loadImporters(host(() => imported((ordinal) => new Uint8Array([ordinal]))));
    for (const file of [importers.open(BLOB, "a", {}), importers.openParts("a", HEAD, 9, {})]) {
      expect(file).toMatchObject({ indexText: "{}", format: "Keras HDF5" });
      expect([...file.ranges(0)]).toEqual([16, 24]);
      expect([...file.shard(3, [])]).toEqual([3]);
    }
    expect(importers.formatOf("a", HEAD, undefined)).toBe("Keras HDF5");
    expect(importers.headerEnd("a", HEAD, undefined)).toBe(1);
  });

  it("says so when the reader cannot be loaded", async () => {
    const gone = host(trap, () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(loadImporters(gone)).rejects.toMatchObject({
      code: "engine-unavailable",
      message: expect.stringContaining("Failed to fetch"),
    });
  });

  it("passes on what the reader says is wrong with the file", async () => {
    const wrong = Object.assign(new Error("vgg16.h5 is cut off"), { code: "weights-truncated" });
    const refuse = () => {
      throw wrong;
    };
    const importers = await loadImporters(host(refuse));
    expect(() => importers.open(BLOB, "vgg16.h5", {})).toThrow(wrong);
  });

  it("makes of a reader that breaks an error about the file, whatever it was asked", async () => {
    const broken = expect.objectContaining({
      code: "weights-malformed",
      message: expect.stringContaining("vgg16.h5"),
    });
    const importers = await loadImporters(host(trap));
    expect(() => importers.open(BLOB, "vgg16.h5", {})).toThrow(broken);
    expect(() => importers.formatOf("vgg16.h5", HEAD, 9)).toThrow(broken);
    expect(() => importers.headerEnd("vgg16.h5", HEAD, 9)).toThrow(broken);
    expect(() => importers.openParts("vgg16.h5", HEAD, 9, {})).toThrow(broken);
    const file = (await loadImporters(host(() => imported(trap)))).open(BLOB, "vgg16.h5", {});
    expect(() => file.shard(0, [])).toThrow(broken);
  });
});
