import { expect, it } from "vitest";
import { type Dropped, fileFrom } from "../src/page/dropped";

const FILE = new File(["weights"], "vgg16.h5");
const DROPPED: Dropped = { isFolder: false, file: FILE };

it("takes the one file dropped, whatever its name: the engine tells what it is", () => {
  expect(fileFrom([DROPPED])).toBe(FILE);
});

it.each<[string, Dropped[], RegExp]>([
  [
    "several files",
    [DROPPED, DROPPED],
    /^2 things.*one file: a \.safetensors, a Keras \.h5 or a PyTorch \.pth/,
  ],
  ["a folder", [{ isFolder: true, file: FILE }], /folder.*one file.*by its address/],
  ["nothing", [], /^No file.*one file/],
  ["what cannot be read as a file", [{ isFolder: false, file: null }], /^No file.*one file/],
])("says what to drop instead of %s", (_what, dropped, said) => {
  expect(fileFrom(dropped)).toMatch(said);
});
