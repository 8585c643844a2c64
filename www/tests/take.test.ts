/** Files to take away, as far as they are made without a browser. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { RunRecord } from "../src/explorer/record";
import { pictureOf } from "../src/page/base/start-picture";
import { objectivesCsv } from "../src/page/export/csv";
import { captionOf, fileName } from "../src/page/export/naming";
import { framesOf } from "../src/page/export/shared/frames";
import { npyHeader } from "../src/page/export/shared/npy";
import { isPng, textIn, withTexts } from "../src/page/export/shared/png-text";
import { type SheetKind, sheetFor } from "../src/page/export/shared/sheet";
import { readStateFile, writeStateFile } from "../src/page/export/state-file";
import { readLink, writeLink } from "../src/settings/link";
import { initialSettings } from "../src/settings/table";
import { titleOf } from "../src/words/export";

/** One grey pixel. */
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==",
  "base64",
);
const NOTES = initialSettings();
/** Nothing from disk. */
const NOTHING = { model: undefined, file: undefined, picture: undefined };

it("texts go into a PNG and come out again, in any script", () => {
  const texts = { Description: "Bild – 絵", vggscope: '{"a": "\\u0000"}' };
  const written = withTexts(PNG, texts);
  for (const [keyword, text] of Object.entries(texts)) expect(textIn(written, keyword)).toBe(text);
  expect(textIn(written, "Vggscope")).toBeUndefined();
  expect(textIn(PNG, "vggscope")).toBeUndefined();
  expect([isPng(written), isPng(new Uint8Array([0x89, 0x50])), isPng(new Uint8Array())]).toEqual([
    true,
    false,
    false,
  ]);
});

it("a PNG that is cut or changed anywhere is read without harm", () => {
  const written = withTexts(PNG, { vggscope: "text" });
  fc.assert(
    fc.property(fc.nat(written.length), fc.nat(written.length - 1), fc.nat(255), (length, at, byte) => {
      const changed = written.slice(0, length);
      changed[at] = byte;
      expect(["undefined", "string"]).toContain(typeof textIn(changed, "vggscope"));
    }),
    { seed: 436 },
  );
});

it("the header of an .npy is as long as it says, and its numbers are aligned", () => {
  for (const shape of [[1], [100, 150, 150, 3], [10_000, 2048, 2048, 3]]) {
    const header = npyHeader(shape);
    expect(header.length % 64).toBe(0);
    expect(new DataView(header.buffer).getUint16(8, true)).toBe(header.length - 10);
    expect(new TextDecoder().decode(header.subarray(10))).toMatch(/^\{'descr': '<f4'.*\} *\n$/);
  }
  expect(new TextDecoder().decode(npyHeader([7]))).toContain("'shape': (7,)");
});

it("CSV has a row for each step taken, and words for what is no number", () => {
  const record = new RunRecord([3, 7], 4);
  const facts = { objective: 0.1, gradientNorm: Number.NaN, min: Number.NEGATIVE_INFINITY, max: 1e-9 };
  const flags = { dead: false, constant: false, finite: false };
  record.note({ channel: 7, iteration: 1, ...facts, ...flags });
  expect(objectivesCsv(record, [3, 7])).toBe(
    "channel,iteration,objective,gradient_norm,min,max,dead,constant,finite\n" +
      "7,1,0.100000001,NaN,-Inf,9.99999972e-10,false,false,false\n",
  );
});

it("an animation goes from the start to the newest, with no more frames than one looks at", () => {
  expect(framesOf(3, 1)).toEqual([0, 1, 2, 3]);
  expect(framesOf(7, 2)).toEqual([0, 2, 4, 6, 7]);
  for (const [reached, every] of [
    [10_000, 8],
    [201, 1],
    [1, 1],
    [5, 16],
  ] as const) {
    const frames = framesOf(reached, every);
    expect(frames.length).toBeLessThanOrEqual(201);
    expect([frames[0], frames.at(-1)]).toEqual([0, reached]);
    expect(frames.slice(0, -1).every((frame) => frame % every === 0)).toBe(true);
    expect(new Set(frames).size).toBe(frames.length);
  }
});

it("sheets enlarge by whole numbers, shrink what is too much, and let no picture touch another", () => {
  const sizes = fc.record({
    width: fc.integer({ min: 1, max: 2048 }),
    height: fc.integer({ min: 1, max: 2048 }),
  });
  const kinds = fc.constantFrom<SheetKind>("still", "gif", "video");
  fc.assert(
    fc.property(kinds, sizes, fc.integer({ min: 1, max: 512 }), (kind, picture, count) => {
      const { tile, exact, places, width, height, label } = sheetFor(kind, picture, count);
      expect(places).toHaveLength(count);
      expect(tile.width * tile.height * count).toBeLessThan(41e6 + 2048 * count);
      if (exact) expect([tile.width % picture.width, tile.height % picture.height]).toEqual([0, 0]);
      const last = places.at(-1);
      expect((last?.y ?? 0) + tile.height + label).toBe(height);
      expect(Math.max(...places.map(({ x }) => x)) + tile.width).toBeLessThan(width);
    }),
    { seed: 436 },
  );
  expect(sheetFor("still", { width: 150, height: 150 }, 1)).toMatchObject({
    tile: { width: 600 },
    label: 0,
    exact: true,
  });
  expect(sheetFor("still", { width: 150, height: 150 }, 40)).toMatchObject({
    tile: { width: 150 },
    exact: true,
  });
});

it("every link goes through a settings file unchanged", () => {
  const links = fc.record({
    width: fc.integer({ min: 1, max: 2048 }),
    "learning-rate": fc.double({ min: 1e-9, max: 1e6, noNaN: true }),
    seed: fc.maxSafeNat(),
    step: fc.constantFrom("gradient", "l2"),
    channels: fc.constantFrom("0-39", "1,5,7-9", "63"),
    weights: fc.constantFrom("weights/demo/", "https://example.org/ä b/?c=d&e#f"),
    iteration: fc.constantFrom("0", "50", "newest"),
  });
  fc.assert(
    fc.property(links, (link) => {
      const { settings, view } = readLink(
        String(new URLSearchParams(Object.entries(link).map(([k, v]) => [k, String(v)]))),
      );
      const file = writeStateFile(settings, view, { link: "x", ...NOTHING });
      const restored = readStateFile(file);
      if (typeof restored === "string") throw new Error(restored);
      const again = readLink(String(new URLSearchParams(restored.pairs)));
      expect(again.problems).toEqual([]);
      expect(writeLink(again.settings, again.view)).toBe(writeLink(settings, view));
    }),
    { seed: 436 },
  );
});

it("whatever JSON somebody writes, reading it throws nothing", () => {
  fc.assert(
    fc.property(fc.json(), fc.json(), (settings, view) => {
      const restored = readStateFile(`{"vggscope": 1, "settings": ${settings}, "view": ${view}}`);
      if (typeof restored === "string") expect(restored.length).toBeGreaterThan(20);
      else readLink(String(new URLSearchParams(restored.pairs)));
    }),
    { seed: 436 },
  );
});

it("files are named after what is in them, and captions say how it was made", () => {
  expect(fileName(NOTES, [12], ".png", 57)).toBe("vggscope-block1_conv2-channel-12-step-57.png");
  const scattered = Array.from({ length: 200 }, (_, index) => 2 * index);
  expect(fileName(NOTES, scattered, ".npz").length).toBeLessThan(150);
  expect(titleOf(NOTES, [12], 0)).toBe("Channel 12 of block1_conv2, the start");
  expect(captionOf(NOTES, [1], { model: "procedural textures", picture: undefined })).toBe(
    "VGG16, weights “procedural textures”. 150 × 150 pixels, learning rate 10, step rule gradient, input scaling none, seed 436. Made with vggscope.",
  );
});

it("captions name a seed only where noise was the start", () => {
  const made = { model: undefined, picture: undefined };
  expect(captionOf(NOTES, [1], made)).toContain("seed 436");
  expect(captionOf({ ...NOTES, startFrom: "grey" }, [1], made)).toContain("start from grey.");
  expect(captionOf({ ...NOTES, startFrom: "grey" }, [1], made)).not.toContain("seed");
  const from = captionOf(NOTES, [1], { ...made, picture: "cat.jpg" });
  expect(from).toContain("start from the picture “cat.jpg”.");
  expect(from).not.toContain("seed");
});

const SIZE = { width: 3, height: 2 };
const RANGE = Array.from({ length: 18 }, (_, at) => at);
const STARTS: readonly (readonly [string, Float32Array, "levels" | "floats"])[] = [
  ["a photo", Float32Array.from(RANGE, (at) => (15 * at) / 255), "levels"],
  ["a climb's image", Float32Array.from(RANGE, (at) => Math.sin(at) * 10 ** (at - 9)), "floats"],
];

it.each(STARTS)(
  "the start from %s goes through a settings file exactly, and says what it is",
  (_what, image, kind) => {
    const settings = { ...NOTES, ...SIZE };
    const view = { channel: undefined, iteration: undefined };
    const text = writeStateFile(settings, view, {
      link: "x",
      ...NOTHING,
      picture: pictureOf("cat.jpg", image, SIZE),
    });
    const written = JSON.parse(text);
    expect(written.settings.start).toBe("picture");
    expect(written.start).toMatchObject({ name: "cat.jpg", ...SIZE, kind });
    const restored = readStateFile(text);
    if (typeof restored === "string") throw new Error(restored);
    expect(restored.picture?.name).toBe("cat.jpg");
    expect(restored.picture?.at(3, 2)).toEqual(image);
    expect(restored.pictureMissing).toBe(false);
    // It is no value that a link could have.
    expect(readLink(String(new URLSearchParams(restored.pairs))).problems).toEqual([]);
  },
);

it("a start picture that is not there, cut short or no picture is missed, and no harm comes of it", () => {
  const good = { name: "x", width: 1, height: 1, kind: "levels", base64: btoa("\0\0\0") };
  const wrong = [
    undefined,
    "picture",
    { ...good, name: 3 },
    { ...good, width: 0 },
    { ...good, height: 1e9 },
    { ...good, kind: "doubles" },
    { ...good, base64: "§" },
    { ...good, base64: btoa("\0\0") },
    { ...good, kind: "floats" },
    { ...good, kind: "floats", base64: btoa("\0\0\xc0\x7f".repeat(3)) },
  ];
  for (const [start, missing] of [[good, false], ...wrong.map((start) => [start, true] as const)] as const) {
    const restored = readStateFile(JSON.stringify({ vggscope: 1, settings: { start: "picture" }, start }));
    expect(restored).toMatchObject({ pictureMissing: missing });
  }
});
