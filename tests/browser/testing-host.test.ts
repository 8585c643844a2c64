/** The tests' own host: one that did not fail as it is told to would prove nothing. */
import { get } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeAll, expect, it } from "vitest";
import { generate, littleEndian, outputFirst } from "./support/generated-weights";
import type { Contents } from "./support/host/contents";
import { Site } from "./support/host/site";
import { WholeVgg16 } from "./support/whole-vgg16";

const FILE = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7) % 251));
const WHOLE = new WholeVgg16(2024, "names");
let site: Site;

beforeAll(async () => {
  const files = new Map<string, Contents>([
    ["file.bin", FILE],
    ["empty.bin", Buffer.alloc(0)],
    ["whole", WHOLE],
  ]);
  site = await Site.open({ mounts: [{ prefix: "/", read: async (path) => files.get(path) }] });
  return () => site.close();
});

afterEach(() => site.mend());

interface Got {
  status: number;
  headers: Record<string, unknown>;
  body: Buffer;
  /** The connection ended before the body did. */
  broken: boolean;
}

/** Without anything that a fetch does of its own: following, unpacking, trying again. */
function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Got> {
  return new Promise((resolve, reject) => {
    get(site.origin + path, { headers, method, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (bytes: Buffer) => parts.push(bytes));
      response.on("error", () => undefined);
      response.on("close", () => {
        const { statusCode: status = 0, headers: sent, complete } = response;
        resolve({ status, headers: sent, body: Buffer.concat(parts), broken: !complete });
      });
    }).on("error", reject);
  });
}

const sent = () => site.served.at(-1)?.bytes;

it.each([
  ["bytes=0-7", 0, 8],
  ["bytes=90000-", 90_000, 100_000],
  ["bytes=99990-200000", 99_990, 100_000],
  ["bytes=-5", 99_995, 100_000],
])("%s is answered with that part, and counted", async (range, from, to) => {
  const { status, headers, body } = await ask("/file.bin", { range });
  expect(status).toBe(206);
  expect(body.equals(FILE.subarray(from, to))).toBe(true);
  expect(headers["content-range"]).toBe(`bytes ${from}-${to - 1}/100000`);
  expect(headers["content-length"]).toBe(String(to - from));
  expect(site.served.at(-1)).toMatchObject({
    method: "GET",
    path: "/file.bin",
    range,
    status: 206,
    bytes: to - from,
  });
});

it("a range beyond the end, or of an empty file, is not satisfiable", async () => {
  const { status, headers } = await ask("/file.bin", { range: "bytes=100000-" });
  expect([status, headers["content-range"]]).toEqual([416, "bytes */100000"]);
  expect((await ask("/empty.bin", { range: "bytes=0-7" })).status).toBe(416);
});

it("HEAD tells length and tag, and sends nothing", async () => {
  const { status, headers, body } = await ask("/file.bin", {}, "HEAD");
  expect([status, headers["content-length"], body.length, sent()]).toEqual([200, "100000", 0, 0]);
  const tagOf = async (path: string) => String((await ask(path)).headers.etag);
  expect(await tagOf("/file.bin")).toBe(headers.etag);
  expect((await tagOf("/empty.bin")) === headers.etag).toBe(false);
});

it("a file of 553 MB is there without being made", async () => {
  expect(WHOLE.length).toBeGreaterThan(553_430_176);
  expect(WHOLE.length).toBeLessThan(553_435_000);
  const range = async (start: number, end: number) =>
    (await ask("/whole", { range: `bytes=${start}-${end - 1}` })).body;
  const length = Number((await range(0, 8)).readBigUInt64LE());
  const header = JSON.parse((await range(8, 8 + length)).toString()) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >;
  expect(Object.keys(header)).toHaveLength(32);
  const { shape, data_offsets: place } = header["features.2.weight"] ?? { shape: [], data_offsets: [0, 0] };
  expect(shape).toEqual([64, 64, 3, 3]);
  const [, conv2] = generate({ seed: 2024, divisor: 1, upTo: "block1_conv2" });
  if (!conv2) throw new Error("the generator has no second layer");
  const bytes = await range(8 + length + place[0], 8 + length + place[1]);
  expect(bytes.equals(littleEndian(outputFirst(conv2)))).toBe(true);
  expect(WHOLE.neededFor("block1_conv1")).toBe(8 + length + 4 * (64 * 27 + 64));
});

it("faults are what they say", async () => {
  const faulty = async (fault: Parameters<Site["spoil"]>[1], headers: Record<string, string> = {}) => {
    site.mend();
    site.spoil("/file.bin", fault);
    return ask("/file.bin", headers);
  };
  const range = { range: "bytes=8-15" };
  expect((await faulty({ kind: "status", status: 503 })).status).toBe(503);
  expect((await faulty({ kind: "web-page" }, range)).body.toString()).toContain("<!doctype html>");
  expect((await faulty({ kind: "short", bytes: 10 })).headers["content-length"]).toBe("10");
  expect(await faulty({ kind: "ignore-range" }, range)).toMatchObject({ status: 200, body: FILE });
  expect((await faulty({ kind: "redirect", to: "/other" })).headers.location).toBe("/other");

  const cut = await faulty({ kind: "cut", bytes: 70_000 });
  expect([cut.broken, cut.body.length, sent(), cut.headers["content-length"]]).toEqual([
    true,
    70_000,
    70_000,
    "100000",
  ]);
  const other = await faulty({ kind: "wrong-range", shift: 4 }, range);
  expect([other.headers["content-range"], other.body.equals(FILE.subarray(12, 20))]).toEqual([
    "bytes 12-19/100000",
    true,
  ]);
  const lie = await faulty({ kind: "lie-length", total: 99 }, range);
  expect([lie.headers["content-range"], lie.body.length]).toEqual(["bytes 8-15/99", 8]);
  expect(await faulty({ kind: "lie-length", total: 200_000 })).toMatchObject({ broken: true, body: FILE });

  const zipped = await faulty({ kind: "gzip", ranges: "ignored" }, range);
  expect([zipped.status, zipped.headers["content-length"]]).toEqual([200, undefined]);
  expect(gunzipSync(zipped.body).equals(FILE)).toBe(true);
  const zippedPart = await faulty({ kind: "gzip", ranges: "of the compressed bytes" }, range);
  expect([zippedPart.status, zippedPart.body.equals(zipped.body.subarray(8, 16))]).toEqual([206, true]);
  await expect(faulty({ kind: "reset" })).rejects.toThrow();
});

it("a slow host takes its time", async () => {
  site.spoil("/file.bin", { kind: "slow", bytesPerSecond: 200_000 });
  const from = performance.now();
  expect((await ask("/file.bin")).body.equals(FILE)).toBe(true);
  expect(performance.now() - from).toBeGreaterThan(400);
});

it("a fault strikes on its occasions only", async () => {
  const statuses = async (count: number) => {
    const all: number[] = [];
    for (let request = 0; request < count; request++) all.push((await ask("/file.bin")).status);
    return all;
  };
  site.spoil("/file.bin", { kind: "status", status: 503 }, { after: 1, times: 2 });
  expect(await statuses(4)).toEqual([200, 503, 503, 200]);
  site.spoil("/file.bin", { kind: "status", status: 405 }, { method: "HEAD" });
  expect(await statuses(1)).toEqual([200]);
  expect((await ask("/file.bin", {}, "HEAD")).status).toBe(405);
});
