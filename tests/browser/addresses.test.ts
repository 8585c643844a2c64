/** Addresses of weights as people have them: what is there is told by asking the host, and large things are asked about. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MOUNTS, own, stage, WEIGHTS } from "./support/fixture";
import { INDEX_FILE } from "./support/generated-weights";
import { Site } from "./support/host/site";
import { LabPage } from "./support/lab";
import { followedByZeros, LARGE, largeFile } from "./support/large";
import { type Mount, underEveryName } from "./support/mounts";
import { headOf } from "./support/safetensors";
import { FIRST_PART } from "./support/whole-vgg16";

const reference = (name: string) => readFileSync(new URL(`../reference/weights/${name}`, import.meta.url));
const SAFETENSORS = "vgg16_narrow16.safetensors";

/** Files at addresses that do not say what they are. */
const UNNAMED: Readonly<Record<string, string>> = {
  "files/vgg16.h5/content": "vgg16_narrow16_tf_kernels_notop.h5",
  "download/4711": SAFETENSORS,
  "model_best.pth.tar": "vgg16_narrow16.pth",
  "get.php": "vgg16_narrow16_legacy.pth",
};
const unnamed: Mount = underEveryName({
  prefix: "/unnamed/",
  read: async (path) => (UNNAMED[path] ? reference(UNNAMED[path]) : undefined),
});

const mounts = [unnamed, LARGE, ...MOUNTS];
const set = stage({ mounts });
/** Another origin, whose files any page may read. */
let elsewhere: Site;
let lab: LabPage;
let narrow: string;

beforeAll(async () => {
  elsewhere = await Site.open({ mounts, headers: { "access-control-allow-origin": "*" } });
  lab = await LabPage.open(set);
  narrow = (await lab.attempt({ weights: WEIGHTS.narrow })).picture;
});

afterAll(async () => {
  await elsewhere.close();
  expect(lab.errors).toEqual([]);
});

let visits = 0;

describe.each(["this site", "another site"])("on %s", (where) => {
  const origin = () => (where === "this site" ? "" : elsewhere.origin);
  const site = () => (where === "this site" ? set.site : elsewhere);

  it.each(Object.keys(UNNAMED))("a file by the address %s opens", async (path) => {
    const weights = `/unnamed/${++visits}/${path}`;
    const { refusal, picture, model } = await lab.attempt({ weights: origin() + weights });
    expect(refusal).toBeUndefined();
    expect(picture).toBe(narrow);
    expect(model?.origin).toMatchObject({ kind: "remote-file", address: site().origin + weights });
  });

  it.each(["", INDEX_FILE])(
    "a signed folder opens, and each file has the signature: /%s?token=",
    async (name) => {
      const folder = own.narrow();
      const query = "?token=a%2Fb&e=1";
      const { refusal, picture, model } = await lab.attempt({ weights: origin() + folder + name + query });
      expect(refusal).toBeUndefined();
      expect(picture).toBe(narrow);
      expect(model?.origin).toMatchObject({ kind: "folder", address: site().origin + folder + query });
      const asked = site().servedUnder(folder);
      expect(asked.length).toBeGreaterThan(13);
      expect(asked.filter(({ path }) => !path.endsWith(query))).toEqual([]);
    },
  );

  it("a signed file keeps its signature", async () => {
    const weights = `/unnamed/${++visits}/download/4711?token=a%2Fb`;
    expect((await lab.attempt({ weights: origin() + weights })).picture).toBe(narrow);
    const asked = site().servedUnder(weights.slice(0, weights.indexOf("download")));
    expect(asked.filter(({ path }) => path !== weights)).toEqual([]);
  });

  it("a folder without its slash opens, and is known to be one afterwards", async () => {
    const weights = own.narrow().slice(0, -1);
    expect((await lab.attempt({ weights: origin() + weights })).picture).toBe(narrow);
    const before = site().served.length;
    const again = await lab.attempt({ weights: origin() + weights });
    expect([again.picture, again.bytesFetched]).toEqual([narrow, 0]);
    const asked = site()
      .served.slice(before)
      .filter(({ path }) => path.startsWith(weights));
    expect(asked.map(({ method, path }) => [method, path])).toEqual([["HEAD", `${weights}/${INDEX_FILE}`]]);
  });

  it("where neither is, that is said, with the host's answer", async () => {
    const weights = `/unnamed/${++visits}/nothing`;
    const { refusal } = await lab.attempt({ weights: origin() + weights });
    expect(refusal).toMatchObject({ own: true, code: "weights-not-found" });
    expect(refusal?.message).toContain(`${weights} is neither a weight file nor a folder with ${INDEX_FILE}`);
    expect(refusal?.message).toMatch(/answered 404.*check the address/);
  });

  it("a signature that has run out is said to have", async () => {
    const weights = `/unnamed/${++visits}/download/4711`;
    for (const path of [weights, `${weights}/${INDEX_FILE}`])
      site().spoil(path, { kind: "status", status: 403 });
    const { refusal } = await lab.attempt({ weights: `${origin() + weights}?token=old` });
    expect(refusal?.message).toMatch(/403.*its signature has not run out/);
    site().mend(weights);
    expect((await lab.attempt({ weights: `${origin() + weights}?token=new` })).picture).toBe(narrow);
  });

  it("a host that gives a page for whatever it lacks is understood", async () => {
    const folder = own.narrow();
    site().spoil(folder.slice(0, -1), { kind: "web-page" });
    expect((await lab.attempt({ weights: origin() + folder.slice(0, -1) })).picture).toBe(narrow);
    const nothing = `/unnamed/${++visits}/nothing`;
    for (const path of [nothing, `${nothing}/${INDEX_FILE}`]) site().spoil(path, { kind: "web-page" });
    const { refusal } = await lab.attempt({ weights: origin() + nothing });
    expect(refusal).toMatchObject({ code: "weights-web-page" });
    expect(refusal?.message).toContain(`${nothing} is a web page`);
  });
});

it("a page of GitHub's about a file stands for the file", async () => {
  const file = reference(SAFETENSORS);
  const asked: string[] = [];
  await lab.page.context().route("https://raw.githubusercontent.com/**", (route) => {
    const { url, headers } = { url: route.request().url(), headers: route.request().headers() };
    asked.push(url);
    const [, first = "0", last = ""] = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "") ?? [];
    const body = file.subarray(Number(first), last === "" ? undefined : Number(last) + 1);
    return route.fulfill({ status: 206, headers: { "access-control-allow-origin": "*" }, body });
  });
  const weights = `https://github.com/o/r/blob/main/weights/${SAFETENSORS}`;
  const { refusal, picture } = await lab.attempt({ weights });
  expect(refusal).toBeUndefined();
  expect(picture).toBe(narrow);
  expect(new Set(asked)).toEqual(
    new Set([`https://raw.githubusercontent.com/o/r/main/weights/${SAFETENSORS}`]),
  );
});

describe("a header whose length begins as another format does", () => {
  // As a pickle, twice, a zip, and ONNX.
  const LENGTHS = [0x1080, 0x10280, 0x4b50, 0x1108];

  const padded = (length: number) => {
    const file = reference(SAFETENSORS);
    const before = Number(file.readBigUInt64LE());
    const head = Buffer.alloc(8);
    head.writeBigUInt64LE(BigInt(length));
    const spaces = Buffer.alloc(length - before, " ");
    return Buffer.concat([head, file.subarray(8, 8 + before), spaces, file.subarray(8 + before)]);
  };

  it.each(LENGTHS.map((length) => ({ length, hex: length.toString(16) })))(
    "0x$hex: opens by its address and from disk, under any name",
    async ({ length }) => {
      for (const name of [SAFETENSORS, "vgg16_narrow16.pth"]) {
        const from = own.file(name);
        set.site.spoil(from, { kind: "other", contents: padded(length) });
        for (const weights of [from, { from, as: "File" as const, name }]) {
          const { refusal, picture } = await lab.attempt({ weights });
          expect(refusal).toBeUndefined();
          expect(picture).toBe(narrow);
        }
      }
    },
  );
});

describe("what another site may bring unasked", () => {
  /** The index of a folder, changed. */
  const index = async (folder: string, change: (index: { metadata: Metadata }) => void) => {
    const changed = await (await fetch(set.site.origin + folder + INDEX_FILE)).json();
    change(changed);
    const contents = Buffer.from(JSON.stringify(changed));
    for (const site of [set.site, elsewhere]) site.spoil(folder + INDEX_FILE, { kind: "other", contents });
  };
  interface Metadata {
    shards?: Record<string, { bytes: number }>;
  }
  const filesOf = (site: Site, folder: string) =>
    site.servedUnder(folder).filter(({ method, path }) => method === "GET" && path.endsWith(".safetensors"));

  it("layers larger than VGG16's are asked about, with their size, before any of them comes", async () => {
    const folder = own.narrow();
    await index(folder, ({ metadata }) => {
      for (const shard of Object.values(metadata.shards ?? {})) shard.bytes = 8_000_000;
    });
    const weights = elsewhere.origin + folder;
    const { refusal } = await lab.attempt({ weights });
    expect(refusal).toMatchObject({ own: true, code: "weights-needs-full-download", bytes: 104_000_000 });
    expect(refusal?.message).toContain(weights);
    expect(refusal?.message).toMatch(/more than VGG16's layers.*104\.0 MB.*allow the full download/);
    expect(filesOf(elsewhere, folder)).toEqual([]);
    // Whoever agrees gets them: here they are not as long as the index says.
    const agreed = await lab.attempt({ weights, allowFullDownload: true });
    expect(agreed.refusal?.code).toBe("weights-truncated");
    // This site's own are nobody's surprise.
    expect((await lab.attempt({ weights: folder })).refusal?.code).toBe("weights-truncated");
  });

  it("files of unknown length are given up where they are longer than their layers can be", async () => {
    const folder = own.narrow();
    await index(folder, ({ metadata }) => {
      metadata.shards = {};
    });
    expect((await lab.attempt({ weights: elsewhere.origin + folder })).picture).toBe(narrow);

    const [first] = filesOf(elsewhere, folder);
    const large = own.narrow();
    await index(large, ({ metadata }) => {
      metadata.shards = {};
    });
    const path = large + (first?.path.split("/").at(-1) ?? "");
    elsewhere.spoil(path, { kind: "other", contents: followedByZeros(Buffer.alloc(0), 400_000_000) });
    const { refusal } = await lab.attempt({ weights: elsewhere.origin + large });
    expect(refusal).toMatchObject({ own: true, code: "weights-needs-full-download", bytes: 400_000_000 });
    expect(elsewhere.sentUnder(path)).toBeLessThan(16_000_000);
  });

  it("an index without an end is not read to it", async () => {
    const folder = own.narrow();
    const contents = followedByZeros(Buffer.from("{"), 400_000_000);
    elsewhere.spoil(folder + INDEX_FILE, { kind: "other", contents });
    const { refusal } = await lab.attempt({ weights: elsewhere.origin + folder });
    expect(refusal).toMatchObject({ own: true, code: "weights-not-an-index" });
    expect(refusal?.message).toMatch(/more than 2097152 bytes/);
    expect(elsewhere.sentUnder(folder)).toBeLessThan(16_000_000);
  });

  it("a kernel of a file is no larger than a VGG16 four times over", async () => {
    const wide = 1 << 20;
    const head = headOf([
      { name: "features.0.weight", dtype: "F32", shape: [wide, 3, 3, 3], bytes: 4 * 27 * wide },
      { name: "features.0.bias", dtype: "F32", shape: [wide], bytes: 4 * wide },
    ]);
    const weights = own.file(SAFETENSORS);
    elsewhere.spoil(weights, { kind: "other", contents: followedByZeros(head, head.length + 112 * wide) });
    const { refusal } = await lab.attempt({ weights: elsewhere.origin + weights });
    expect(refusal).toMatchObject({ own: true, code: "weights-wrong-shape" });
    expect(refusal?.message).toContain("at most 9437184 numbers");
    expect(elsewhere.sentUnder(weights)).toBeLessThanOrEqual(FIRST_PART);
  });

  it("a large file of another format is asked about, and its size is a number", async () => {
    const { refusal } = await lab.attempt({ weights: largeFile() });
    expect(refusal).toMatchObject({ own: true, code: "weights-needs-full-download", bytes: 12_000_000 });
  });
});
