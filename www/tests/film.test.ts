import { describe, expect, it } from "vitest";
import { Film, type Packing } from "../src/engine/worker/film";
import { Pictures } from "../src/engine/worker/pictures";
import { FAKE_PACKING } from "./fake-wasm";

/** Pixels of a picture. */
const PIXELS = 9;

/** A climb's pictures: each follows from the one before, and no two are alike. */
function picture(iteration: number): Uint8ClampedArray {
  const byte = (at: number) => (at % 4 === 3 ? 255 : (iteration * (at + 1)) % 251);
  return Uint8ClampedArray.from({ length: 4 * PIXELS }, (_, at) => byte(at));
}

interface Counted extends Packing {
  packed: number;
  unpacked: number;
}

function counted(): Counted {
  const counts = {
    packed: 0,
    unpacked: 0,
    pack: (...parts: Parameters<Packing["pack"]>) => {
      counts.packed += 1;
      return FAKE_PACKING.pack(...parts);
    },
    unpack: (...parts: Parameters<Packing["unpack"]>) => {
      counts.unpacked += 1;
      FAKE_PACKING.unpack(...parts);
    },
  };
  return counts;
}

function filmed(iterations: number, packing: Packing = FAKE_PACKING): Film {
  const film = new Film(packing);
  for (let iteration = 1; iteration <= iterations; iteration++) film.add(iteration, picture(iteration), 1);
  return film;
}

/** Numbers from 1 in an order without any. */
function shuffled(length: number): number[] {
  return Array.from({ length }, (_, at) => 1 + ((at * 7919) % length));
}

describe("a film", () => {
  const forwards = Array.from({ length: 300 }, (_, at) => at + 1);
  it.each([
    ["forwards", forwards],
    ["backwards", forwards.toReversed()],
    ["in any order", shuffled(300)],
  ])("gives every picture as it was, read %s", (_order, iterations) => {
    const film = filmed(300);
    expect(new Set(iterations).size).toBe(300);
    for (const iteration of iterations) expect(film.get(iteration)).toEqual(picture(iteration));
    expect(film.get(0)).toBeUndefined();
    expect(film.get(301)).toBeUndefined();
  });

  it("packs each picture once, and unpacks none for that", () => {
    const packing = counted();
    filmed(300, packing);
    expect(packing).toMatchObject({ packed: 300, unpacked: 0 });
  });

  it("holds few pictures unpacked where they are as large as the notes', and is added to as well", () => {
    const packing = counted();
    const film = new Film(packing);
    const large = (iteration: number) => new Uint8ClampedArray(150 * 150 * 4).fill(iteration);
    for (let iteration = 1; iteration <= 31; iteration++) film.add(iteration, large(iteration), 1);
    expect(packing.unpacked).toBeLessThan(31 / 2);
    // 31 is reached by 16, 24, 28 and 30.
    const cost = (iteration: number) => {
      const before = packing.unpacked;
      film.get(iteration);
      return packing.unpacked - before;
    };
    expect([31, 30, 28].map(cost)).toEqual([0, 0, 0]);
    expect(cost(24)).toBeGreaterThan(0);
  });

  it("leaves no garbage to whoever reads it", () => {
    const film = filmed(300);
    const given = forwards.map((iteration) => film.get(iteration));
    expect(new Set(given).size).toBeLessThan(20);
  });

  it("goes on being added to after an earlier picture was read", () => {
    const film = filmed(100);
    film.get(37);
    film.add(101, picture(101), 1);
    for (const iteration of shuffled(101)) expect(film.get(iteration)).toEqual(picture(iteration));
  });

  it("unpacks one difference for the next picture, few for the one before, and at most eleven for any", () => {
    const packing = counted();
    const film = filmed(200, packing);
    const cost = (iteration: number) => {
      const before = packing.unpacked;
      film.get(iteration);
      return packing.unpacked - before;
    };
    film.get(1);
    for (let iteration = 2; iteration <= 200; iteration++) expect(cost(iteration)).toBe(1);
    const back = forwards.slice(0, 199).toReversed().map(cost);
    expect(back.reduce((sum, each) => sum + each) / back.length).toBeLessThan(3);
    for (const iteration of shuffled(200)) expect(cost(iteration)).toBeLessThanOrEqual(11);
  });

  it("stores differences, but for every 64th picture", () => {
    const whole: number[] = [];
    const pack: Packing["pack"] = (rgba, reference) => {
      if (reference.length === 0) whole.push(rgba[0] ?? 0);
      return FAKE_PACKING.pack(rgba, reference);
    };
    filmed(130, { ...FAKE_PACKING, pack });
    expect(whole).toEqual([1, 64, 128]);
  });

  it("that was thinned out has its other pictures as they were, and counts their bytes", () => {
    const film = filmed(200);
    expect(film.bytes).toBe(200 * 4 * PIXELS);
    for (const every of [2, 4, 8]) {
      film.thin(every);
      expect(film.bytes).toBe((200 / every) * 4 * PIXELS);
    }
    film.add(208, picture(208), 8);
    for (const iteration of shuffled(208))
      expect(film.get(iteration)).toEqual(iteration % 8 === 0 ? picture(iteration) : undefined);
  });
});

describe("pictures of several channels", () => {
  it("are thinned out together, by the bytes that they really take", () => {
    const halves: Packing = { ...FAKE_PACKING, pack: (...parts) => FAKE_PACKING.pack(...parts).slice(0, 1) };
    const large = new Pictures(100, FAKE_PACKING);
    const small = new Pictures(100, halves);
    for (let iteration = 1; iteration <= 40; iteration++) {
      for (const channel of [3, 5]) {
        large.add(channel, iteration, Uint8ClampedArray.of(channel, iteration, 0, 255));
        small.add(channel, iteration, Uint8ClampedArray.of(channel, iteration, 0, 255));
      }
    }
    expect([large.every, small.every]).toEqual([4, 1]);
    expect(large.atOrBefore(5, 39)).toEqual(Uint8ClampedArray.of(5, 36, 0, 255));
    expect(large.get(3, 39)).toBeUndefined();
  });
});
