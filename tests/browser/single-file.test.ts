/** One big safetensors file on a host: read in parts, no byte more than needed, and never mistaken for another. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MOUNTS, own, stage, WEIGHTS } from "./support/fixture";
import { CONVOLUTIONS } from "./support/generated-weights";
import type { Fault } from "./support/host/faults";
import { Site } from "./support/host/site";
import { LabPage } from "./support/lab";
import { LARGE, LARGE_BYTES, largeFile } from "./support/large";
import { always, underEveryName } from "./support/mounts";
import { FIRST_PART, WholeVgg16 } from "./support/whole-vgg16";

const ORDERS = ["layers", "names"] as const;
const WHOLE = { layers: new WholeVgg16(2024, "layers"), names: new WholeVgg16(2024, "names") };
const whole = ORDERS.map((order) => underEveryName(always(`/whole/${order}/`, () => WHOLE[order])));
const mounts = [...whole, LARGE, ...MOUNTS];
const NARROW_FILE = "vgg16_narrow16.safetensors";
const FIRST = { layer: "block1_conv2" };
/** More than any header, far less than the file: what is on its way when a page gives a request up. */
const UNDER_WAY = 16_000_000;

const set = stage({ mounts });
/** Another origin, which lets other sites' pages read bodies, but of the headers only the safe ones. */
let elsewhere: Site;
let lab: LabPage;
const pictures = new Map<string, string>();

beforeAll(async () => {
  elsewhere = await Site.open({ mounts, headers: { "access-control-allow-origin": "*" } });
  lab = await LabPage.open(set);
  for (const layer of ["block1_conv2", "block3_conv1"]) {
    pictures.set(layer, (await lab.attempt({ weights: WEIGHTS.full, climb: { layer } })).picture);
  }
  pictures.set("narrow", (await lab.attempt({ weights: WEIGHTS.narrow })).picture);
});

afterAll(async () => {
  await elsewhere.close();
  expect(lab.errors).toEqual([]);
});

let visits = 0;
const wholeAddress = (order: "layers" | "names") => `/whole/${order}/${++visits}/vgg16.safetensors`;

describe.each(ORDERS)("553 MB, tensors in the order of %s", (order) => {
  it.each(["block1_conv2", "block3_conv1"])(
    "%s: no more than the first bytes and those of its layers, and the pictures are those of the folder",
    async (layer) => {
      const weights = wholeAddress(order);
      const outcome = await lab.attempt({ weights, climb: { layer } });
      expect(outcome.refusal).toBeUndefined();
      expect(outcome.picture).toBe(pictures.get(layer));
      expect(outcome.alive).toBeGreaterThan(0);
      expect(set.site.sentUnder(weights)).toBe(WHOLE[order].fetchedFor(layer));
      expect(outcome.bytesFetched).toBe(set.site.sentUnder(weights));
      const ranges = set.site.servedUnder(weights).map(({ status, range }) => [status, range !== ""]);
      expect(ranges).toEqual(ranges.map(() => [206, true]));
      // The header, and a request a layer: weight and bias lie side by side.
      const layers = CONVOLUTIONS.findIndex(([name]) => name === layer) + 1;
      expect(ranges.length).toBe(1 + layers);
    },
  );
});

it("from a host whose headers are hidden by CORS it works too", async () => {
  const weights = wholeAddress("names");
  const outcome = await lab.attempt({ weights: elsewhere.origin + weights, climb: FIRST });
  expect(outcome.refusal).toBeUndefined();
  expect(outcome.picture).toBe(pictures.get("block1_conv2"));
  expect(elsewhere.sentUnder(weights)).toBe(WHOLE.names.fetchedFor("block1_conv2"));
});

it("a second visit fetches nothing", async () => {
  const weights = wholeAddress("names");
  await lab.attempt({ weights, climb: FIRST });
  // Of its first byte it asks, since that says which version the host has.
  const asked = () => set.site.servedUnder(weights).filter(({ range }) => range !== "bytes=0-0").length;
  const before = asked();
  const { picture, bytesFetched } = await lab.attempt({ weights, climb: FIRST });
  expect([picture, bytesFetched]).toEqual([pictures.get("block1_conv2"), 0]);
  expect(asked()).toBe(before);
});

// What a redirection leads to may be signed, and no address an hour later.
it.each(["same", "other"])(
  "redirection to the %s origin is followed, and the address stays as given",
  async (origin) => {
    const from = own.file(NARROW_FILE);
    const to = (origin === "same" ? set.site.origin : elsewhere.origin) + own.file(NARROW_FILE);
    set.site.spoil(from, { kind: "redirect", to });
    const { refusal, picture, model } = await lab.attempt({ weights: from });
    expect(refusal).toBeUndefined();
    expect(picture).toBe(pictures.get("narrow"));
    expect(model?.origin).toMatchObject({ kind: "remote-file", address: set.site.origin + from });
  },
);

const WHOLE_ONLY: readonly Fault[] = [{ kind: "ignore-range" }, { kind: "gzip", ranges: "ignored" }];

it.each(WHOLE_ONLY)(
  "where parts cannot be had, a small file is fetched whole without asking: %o",
  async (fault) => {
    const weights = own.file(NARROW_FILE);
    set.site.spoil(weights, fault);
    const { refusal, picture } = await lab.attempt({ weights });
    expect(refusal).toBeUndefined();
    expect(picture).toBe(pictures.get("narrow"));
  },
);

it.each(WHOLE_ONLY)("where parts cannot be had, a large file is asked about first: %o", async (fault) => {
  const weights = largeFile();
  set.site.spoil(weights, fault);
  const { refusal } = await lab.attempt({ weights });
  expect(refusal).toMatchObject({ own: true, code: "weights-needs-full-download" });
  expect(refusal?.message).toContain(weights);
  expect(refusal?.message).toMatch(/allow the full download/);
  const allowed = await lab.attempt({ weights, allowFullDownload: true });
  expect(allowed.refusal).toBeUndefined();
  expect(allowed.picture).toBe(pictures.get("narrow"));
});

it("ranges of compressed bytes are not taken for the file's", async () => {
  const weights = own.file(NARROW_FILE);
  set.site.spoil(weights, { kind: "gzip", ranges: "of the compressed bytes" });
  // So small a file is then fetched whole.
  expect((await lab.attempt({ weights })).picture).toBe(pictures.get("narrow"));
});

it("a host that answers with 553 MB is stopped at once, and the size is said", async () => {
  const weights = wholeAddress("names");
  set.site.spoil(weights, { kind: "ignore-range" });
  const { refusal } = await lab.attempt({ weights });
  expect(refusal).toMatchObject({ own: true, code: "weights-needs-full-download" });
  expect(refusal?.message).toMatch(/553\.4 MB/);
  expect(set.site.sentUnder(weights)).toBeLessThan(UNDER_WAY);
});

it.each(["vgg16_narrow16_tf_kernels_notop.h5", "vgg16_narrow16.pth"])(
  "%s by its address is small enough to be fetched whole without asking, once",
  async (name) => {
    const weights = own.file(name);
    expect((await lab.attempt({ weights })).picture).toBe(pictures.get("narrow"));
    const again = await lab.attempt({ weights });
    expect([again.picture, again.bytesFetched]).toEqual([pictures.get("narrow"), 0]);
  },
);

it("a large .h5 by its address is asked about first, with its size; then it is fetched once", async () => {
  const weights = largeFile();
  const { refusal } = await lab.attempt({ weights });
  expect(refusal).toMatchObject({ own: true, code: "weights-needs-full-download", bytes: LARGE_BYTES });
  expect(refusal?.message).toMatch(/12\.0 MB/);
  expect(set.site.sentUnder(weights)).toBeLessThanOrEqual(FIRST_PART);
  const allowed = await lab.attempt({ weights, allowFullDownload: true });
  expect(allowed.picture).toBe(pictures.get("narrow"));
  expect(allowed.progress.at(-1)).toMatchObject({ loadedBytes: expect.any(Number) });
  const again = await lab.attempt({ weights, allowFullDownload: true });
  expect([again.picture, again.bytesFetched]).toEqual([pictures.get("narrow"), 0]);
});

/** What a host does, on which request, and what is said; the header takes one request. */
const LIES: readonly [what: string, fault: Fault, after: number, code: RegExp, words: RegExp][] = [
  ["other bytes from the start", { kind: "wrong-range", shift: 8 }, 0, /wrong-range/, /bytes/],
  ["other bytes for a layer", { kind: "wrong-range", shift: 64 }, 1, /wrong-range/, /bytes/],
  [
    "a total shorter than the header",
    { kind: "lie-length", total: 100 },
    0,
    /malformed|wrong-range/,
    /100|92/,
  ],
  ["a total cut short", { kind: "lie-length", total: 200_000 }, 0, /truncated|wrong-range/, /200000/],
  ["a total that changes", { kind: "lie-length", total: 233_460 }, 1, /changed/, /233460/],
  ["a total that changes later", { kind: "lie-length", total: 233_460 }, 2, /changed|wrong-range/, /233460/],
  [
    "all of it for a layer",
    { kind: "ignore-range" },
    2,
    /needs-full-download|wrong-range|changed/,
    /parts|whole/,
  ],
];

it.each(LIES)("%s is noticed", async (_, fault, after, code, words) => {
  const weights = own.file(NARROW_FILE);
  set.site.spoil(weights, fault, { after });
  const { refusal } = await lab.attempt({ weights });
  expect(refusal?.own).toBe(true);
  expect(refusal?.code).toMatch(code);
  expect(refusal?.message).toContain(NARROW_FILE);
  expect(refusal?.message).toMatch(words);

  set.site.mend(weights);
  const well = await lab.attempt({ weights });
  expect(well.refusal).toBeUndefined();
  expect(well.picture).toBe(pictures.get("narrow"));
});

const REFUSALS: readonly [fault: Fault, code: string][] = [
  [{ kind: "status", status: 404 }, "weights-not-found"],
  [{ kind: "web-page" }, "weights-web-page"],
  [{ kind: "cors-refused" }, "weights-cors-refused"],
];

it.each(REFUSALS)("%o is refused in words at once, and well when the host is", async (fault, code) => {
  const path = own.file(NARROW_FILE);
  elsewhere.spoil(path, fault);
  const weights = elsewhere.origin + path;
  const { refusal } = await lab.attempt({ weights });
  expect(refusal).toMatchObject({ own: true, code });
  expect(refusal?.message).toContain(weights);
  elsewhere.mend(path);
  expect((await lab.attempt({ weights })).picture).toBe(pictures.get("narrow"));
});

it("a host that is busy for a moment is asked again", async () => {
  const weights = own.file(NARROW_FILE);
  set.site.spoil(weights, { kind: "status", status: 503 }, { after: 1, times: 1 });
  expect((await lab.attempt({ weights })).picture).toBe(pictures.get("narrow"));
});

it("a part that is cut is taken up where it broke off", async () => {
  const weights = wholeAddress("layers");
  set.site.spoil(weights, { kind: "cut", bytes: 100_000 }, { after: 2, times: 1 });
  const { refusal, picture, bytesFetched } = await lab.attempt({ weights, climb: FIRST });
  expect(refusal).toBeUndefined();
  expect(picture).toBe(pictures.get("block1_conv2"));
  const served = set.site.servedUnder(weights);
  const cut = served.findIndex(({ bytes }) => bytes === 100_000);
  const [start, end] = bounds(served[cut]?.range);
  const [resumed, sameEnd] = bounds(served.find(({ range }) => bounds(range)[0] === start + 100_000)?.range);
  expect([resumed, sameEnd]).toEqual([start + 100_000, end]);
  expect(bytesFetched).toBe(set.site.sentUnder(weights));
  expect(bytesFetched).toBe(WHOLE.layers.fetchedFor("block1_conv2"));
});

function bounds(range = ""): [start: number, end: number] {
  const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
  return [Number(start), Number(end)];
}
