import { describe, expect, it } from "vitest";
import { middle, pictureOf, unitValues } from "../src/page/base/start-picture";

describe("a start from a picture", () => {
  it("takes the middle of it, in the shape of the image", () => {
    expect(middle({ width: 300, height: 100 }, { width: 50, height: 50 })).toEqual({
      x: 100,
      y: 0,
      width: 100,
      height: 100,
    });
    expect(middle({ width: 10, height: 40 }, { width: 20, height: 20 })).toEqual({
      x: 0,
      y: 15,
      width: 10,
      height: 10,
    });
  });

  it("has values from 0 to 1", () => {
    expect([...unitValues(new Uint8ClampedArray([0, 255, 51, 255, 255, 0, 0, 255]))]).toEqual(
      [0, 1, 51 / 255, 1, 0, 0].map(Math.fround),
    );
  });

  it("is a climb's image to the last bit at its own size", () => {
    const values = Float32Array.from({ length: 2 * 3 * 3 }, (_, at) => at / 7 - 1);
    expect(pictureOf("it", values, { width: 3, height: 2 }).at(3, 2)).toBe(values);
  });

  it("is its nearest pixels at another size", () => {
    const values = Float32Array.from([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]);
    const picture = pictureOf("it", values, { width: 2, height: 2 });
    expect([...picture.at(1, 1)]).toEqual([4, 4, 4]);
    expect(picture.at(1, 1)).toBe(picture.at(1, 1));
    const large = picture.at(4, 4);
    const reds = Array.from({ length: 16 }, (_, at) => large[3 * at]);
    expect(reds).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
  });
});
