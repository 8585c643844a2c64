import { expect, it } from "vitest";
import { cellAt, fieldOf, pixelOf, within } from "../src/explorer/receptive-field";

/** As VGG16's layers are. */
const BLOCK1_CONV1 = { receptiveField: 3, downsampling: 1 };
const BLOCK1_CONV2 = { receptiveField: 5, downsampling: 1 };
const BLOCK2_CONV1 = { receptiveField: 10, downsampling: 2 };
const BLOCK3_CONV1 = { receptiveField: 24, downsampling: 4 };

it.each([
  [BLOCK1_CONV1, 0, -1, 2],
  [BLOCK1_CONV2, 7, 5, 10],
  // Row 3 after one pooling: rows 6 and 7, and 4 more on either side through two convolutions before and one after.
  [BLOCK2_CONV1, 3, 2, 12],
  [BLOCK3_CONV1, 10, 30, 54],
])("of %o the position %i sees the pixels from %i up to %i", (layer, place, from, to) => {
  expect(fieldOf({ x: place, y: 0 }, layer)).toMatchObject({ x: from, width: to - from, height: to - from });
});

/** Which input pixels reach a position, found by walking back through 3 x 3 convolutions and 2 x 2 poolings. */
function walk(place: number, layers: readonly ("convolution" | "pooling")[]): [number, number] {
  let [first, last] = [place, place];
  for (const layer of layers.toReversed())
    [first, last] = layer === "convolution" ? [first - 1, last + 1] : [2 * first, 2 * last + 1];
  return [first, last + 1];
}

it("agrees with a walk back through the network", () => {
  const block = ["convolution", "convolution", "pooling"] as const;
  for (const place of [0, 1, 5, 18]) {
    for (const [layer, path] of [
      [BLOCK1_CONV1, ["convolution"]],
      [BLOCK1_CONV2, ["convolution", "convolution"]],
      [BLOCK2_CONV1, [...block, "convolution"]],
      [BLOCK3_CONV1, [...block, ...block, "convolution"]],
    ] as const) {
      const { x, width } = fieldOf({ x: place, y: 0 }, layer);
      expect([x, x + width]).toEqual(walk(place, path));
    }
  }
});

it("finds the position under a pixel, and a pixel under the position", () => {
  for (const layer of [BLOCK1_CONV1, BLOCK2_CONV1, BLOCK3_CONV1]) {
    for (const place of [0, 3, 17])
      expect(cellAt(pixelOf({ x: place, y: place }, layer), layer)).toEqual({ x: place, y: place });
  }
  expect(cellAt({ x: 7, y: 8 }, BLOCK3_CONV1)).toEqual({ x: 1, y: 2 });
});

it("stays within the image", () => {
  expect(within({ x: -3, y: 99 }, { width: 24, height: 16 })).toEqual({ x: 0, y: 15 });
  expect(within({ x: 5, y: 6 }, { width: 24, height: 16 })).toEqual({ x: 5, y: 6 });
});
