import { describe, expect, it } from "vitest";
import type { ImportedFile, ImportModule } from "../src/engine/wasm-module";
import { importFile } from "../src/engine/worker/import-file";

const BLOB = new Blob(["weights"]);

function imported(shard: (ordinal: number) => Uint8Array): ImportedFile {
  return { indexText: "{}", format: "Keras HDF5", layerBytes: new Float64Array([8]), shard };
}

function host(open: ImportModule["Importer"]["open"], start: () => Promise<unknown> = async () => null) {
  return {
    loadReader: async (): Promise<ImportModule> => ({ default: start, Importer: { open } }),
    panic: () => "panicked at crate/src/weights/import/hdf5",
  };
}

const trap = (): never => {
  throw new WebAssembly.RuntimeError("unreachable");
};

describe("importFile", () => {
  it("hands over what the reader says of the file, and its layers", async () => {
    const opened: unknown[] = [];
    const file = await importFile(
      host((blob, name) => {
        opened.push(blob, name);
        return imported((ordinal) => new Uint8Array([ordinal]));
      }),
      BLOB,
      "vgg16.h5",
    );
    expect(opened).toEqual([BLOB, "vgg16.h5"]);
    expect(file).toMatchObject({ indexText: "{}", format: "Keras HDF5" });
    expect([...file.shard(3)]).toEqual([3]);
  });

  it("says so when the reader cannot be loaded", async () => {
    const gone = host(trap, () => Promise.reject(new TypeError("Failed to fetch")));
    await expect(importFile(gone, BLOB, "vgg16.h5")).rejects.toMatchObject({
      code: "engine-unavailable",
      message: expect.stringContaining("Failed to fetch"),
    });
  });

  it("passes on what the reader says is wrong with the file", async () => {
    const wrong = Object.assign(new Error("vgg16.h5 is cut off"), { code: "weights-truncated" });
    const refusing = host(() => {
      throw wrong;
    });
    await expect(importFile(refusing, BLOB, "vgg16.h5")).rejects.toBe(wrong);
  });

  it("makes of a reader that breaks an error about the file, when opening and later", async () => {
    const broken = { code: "weights-malformed", message: expect.stringContaining("vgg16.h5") };
    await expect(importFile(host(trap), BLOB, "vgg16.h5")).rejects.toMatchObject(broken);
    const file = await importFile(
      host(() => imported(trap)),
      BLOB,
      "vgg16.h5",
    );
    expect(() => file.shard(0)).toThrow(expect.objectContaining(broken));
  });
});
