/** Catalogues as people write them: what is wrong is named in a sentence, and does no harm. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { DEFAULT_MODEL } from "../src/engine/catalogue/default-model";
import type { CatalogueEntry } from "../src/engine/catalogue/entry";
import { readCatalogue } from "../src/engine/catalogue/read";
import { VggscopeError } from "../src/public/errors";

const BASE = "https://example.org/vgg/models.json";
const OURS = readFileSync(new URL("../public/models.json", import.meta.url), "utf8");
const GOOD = {
  id: "mine",
  name: "Mine",
  note: "It was trained at home.",
  architecture: "vgg16",
  preprocessing: "torch",
  licence: "CC0-1.0",
  bytes: 58_889_256,
  sources: ["weights/mine/", "https://host.example/mine.safetensors"],
  sha256: { block1_conv1: "a".repeat(64) },
  download: { url: "https://host.example/mine.h5", bytes: 58_889_256, md5: "b".repeat(32) },
};

const read = (models: unknown, initial: unknown = "mine") =>
  readCatalogue(JSON.stringify({ default: initial, models }), BASE);

describe("the catalogue that ships", () => {
  it("has nothing wrong, and the models that pages and documents link to", () => {
    const { models, initial, problems } = readCatalogue(OURS, BASE);
    expect(problems).toEqual([]);
    expect(models.map(({ id }) => id)).toEqual([
      "textures",
      "untrained",
      "imagenet-torchvision",
      "imagenet-keras",
    ]);
    expect([initial, DEFAULT_MODEL.id]).toEqual(["textures", "textures"]);
  });
});

describe("an entry", () => {
  it("is taken as it is", () => {
    expect(read([GOOD])).toEqual({ models: [GOOD], initial: "mine", problems: [] });
    const { sha256: _sha256, download: _download, ...least } = GOOD;
    expect(read([{ ...least, colour: "red" }]).models).toHaveLength(1);
  });

  const long = Array.from({ length: 9 }, () => "weights/mine/");
  it.each<[key: string, value: unknown]>([
    ["id", "Mine"],
    ["id", "__proto__"],
    ["id", "none"],
    ["id", "mine."],
    ["id", "my..own"],
    ["id", ""],
    ["id", "x".repeat(65)],
    ["id", 7],
    ["id", '"><script>alert(1)</script>'],
    ["name", ""],
    ["name", " "],
    ["name", "x".repeat(101)],
    ["name", ["Mine"]],
    ["name", "mine\u202egnp.exe"],
    ["name", "a\u0000b"],
    ["note", undefined],
    ["note", "x".repeat(1001)],
    ["licence", null],
    ["architecture", "vgg19"],
    ["preprocessing", "bgr"],
    ["preprocessing", "constructor"],
    ["bytes", 0],
    ["bytes", -58_889_256],
    ["bytes", 1.5],
    ["bytes", 1e12],
    ["bytes", 1e300],
    ["bytes", "58889256"],
    ["sources", []],
    ["sources", "weights/mine/"],
    ["sources", long],
    ["sources", [""]],
    ["sources", [{ href: "https://host.example/" }]],
    ["sources", ["weights/mine/", "javascript:alert(1)"]],
    ["sources", ["data:application/json,{}"]],
    ["sources", ["blob:https://example.org/1"]],
    ["sources", ["file:///etc/passwd"]],
    ["sources", ["ftp://host.example/w/"]],
    ["sources", [" jAvAsCrIpT:alert(1)"]],
    ["sources", ["https://me:secret@host.example/w/"]],
    ["sources", ["https://["]],
    ["sources", [`https://host.example/${"x".repeat(2000)}`]],
    ["sha256", []],
    ["sha256", { block1_conv1: "short" }],
    ["sha256", { block1_pool: "a".repeat(64) }],
    ["sha256", { block9_conv1: "a".repeat(64) }],
    ["sha256", { block1_conv1: `${"a".repeat(63)}\n` }],
    ["download", "https://host.example/mine.h5"],
    ["download", { ...GOOD.download, url: "javascript:alert(1)" }],
    ["download", { ...GOOD.download, bytes: -1 }],
    ["download", { ...GOOD.download, md5: undefined }],
    ["download", { ...GOOD.download, md5: "xyz" }],
  ])("with %s = %j is left out and named, and the others stay", (key, value) => {
    const { models, problems } = read([{ ...GOOD, id: "bad", [key]: value }, GOOD]);
    expect(models.map(({ id }) => id)).toEqual(["mine"]);
    expect(problems).toHaveLength(1);
    const [problem = ""] = problems;
    expect(problem).toMatch(
      /^Entry 1( \(“bad”\))? of models\.json: .* Allowed: .+\. The entry is left out\.$/,
    );
    expect(problem).toContain(value === undefined ? `${key} is missing` : `${key} is “`);
    expect(problem.length).toBeLessThan(400);
    expect(problem).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it.each([null, 7, "mine", [GOOD], true])("that is %j is none", (entry) => {
    expect(read([entry, GOOD])).toMatchObject({
      models: [GOOD],
      problems: ["Entry 1 of models.json is no object. The entry is left out."],
    });
  });

  it("that comes twice counts once", () => {
    const { models, problems } = read([GOOD, { ...GOOD, name: "Other" }]);
    expect(models).toEqual([GOOD]);
    expect(problems).toEqual([
      "Entry 2 of models.json has the id “mine”, which an entry before it has. The entry is left out.",
    ]);
  });

  it("says nothing by its prototype", () => {
    const text = JSON.stringify({ default: "mine", models: [GOOD] });
    const polluted = text.replace('{"id"', '{"__proto__":{"sources":["javascript:1"]},"id"');
    expect(polluted).not.toBe(text);
    expect(readCatalogue(polluted, BASE).models[0]?.sources).toEqual(GOOD.sources);
    const { sources: _sources, ...bare } = GOOD;
    const inherited = JSON.stringify({ models: [bare] }).replace(
      '{"id"',
      '{"__proto__":{"sources":["w/"]},"id"',
    );
    expect(readCatalogue(inherited, BASE).models).toEqual([]);
  });
});

describe("a catalogue", () => {
  it.each<[content: string, said: RegExp]>([
    ["", /not JSON/],
    ["{", /not JSON/],
    ["<!doctype html><title>Welcome</title>", /not JSON/],
    ["[]", /no list “models”/],
    ["null", /no list “models”/],
    ['{"models": {}}', /no list “models”/],
    ['{"models": []}', /no entry that can be used/],
    ['{"models": [1]}', /no object/],
    [`{"models": [], "x": "${"x".repeat(500_000)}"}`, /longer than 500,000 characters/],
    ["[".repeat(100_000), /not JSON/],
  ])("%.40s has no model, and it is said why", (content, said) => {
    const { models, problems } = readCatalogue(content, BASE);
    expect(models).toEqual([]);
    expect(problems[0]).toMatch(said);
    expect(problems.join(" ").length).toBeLessThan(500);
  });

  it.each([undefined, "other", 7, null, "constructor", {}])(
    "whose default is %j opens its first",
    (initial) => {
      const content = JSON.stringify({ default: initial, models: [GOOD] });
      const { initial: taken, problems } = readCatalogue(content, BASE);
      expect(taken).toBe("mine");
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(/default of models\.json is “.*no entry has that id/);
    },
  );

  it("that is wrong all over is told in a few lines, and one of a million entries is cut", () => {
    const { problems } = read([...Array.from({ length: 50 }, () => ({})), GOOD]);
    expect(problems).toHaveLength(6);
    expect(problems.at(-1)).toBe("45 more things are wrong with models.json.");
    const many = Array.from({ length: 101 }, (_, at) => ({ ...GOOD, id: `m${at}` }));
    const { models, problems: said } = read(many, "m0");
    expect(models).toHaveLength(100);
    expect(said).toEqual(["models.json lists 101 models. The first 100 are offered."]);
  });

  it("of any kind gives models that can be opened, or sentences", () => {
    const nearly = fc.record(
      Object.fromEntries(
        Object.entries(GOOD).map(([key, value]) => [key, fc.oneof(fc.constant(value), fc.jsonValue())]),
      ),
      { requiredKeys: [] },
    );
    const any = fc.oneof(fc.array(nearly, { maxLength: 4 }), fc.jsonValue());
    const holds = (models: unknown) => {
      const found = read(models);
      for (const { id, sources, bytes } of found.models) {
        expect(id).toMatch(/^[a-z0-9]/);
        expect(bytes).toBeGreaterThan(0);
        for (const source of sources) expect(new URL(source, BASE).protocol).toMatch(/^https?:$/);
      }
      for (const problem of found.problems) expect(problem).toMatch(/\.$/);
      expect(found.models.length + found.problems.length).toBeGreaterThan(0);
    };
    fc.assert(fc.property(any, holds), { seed: 436, numRuns: 2000 });
  });
});

describe("the site's catalogue", () => {
  afterEach(() => vi.unstubAllGlobals());

  /** The module with nothing loaded yet, and a host that answers so. */
  async function site(answer: () => Response | Promise<Response>) {
    vi.resetModules();
    const asked = vi.fn(async (_address: string) => answer());
    vi.stubGlobal("fetch", asked);
    return { ...(await import("../src/engine/catalogue/load")), asked };
  }

  it("is fetched once, from beside vggscope.js", async () => {
    const { loadCatalogue, modelById, asked } = await site(() => new Response(OURS));
    const { models, initial, problems } = await loadCatalogue();
    expect([models.length, initial, problems]).toEqual([4, "textures", []]);
    expect((await modelById("imagenet-torchvision")).preprocessing).toBe("torch");
    expect(asked.mock.calls.map(([address]) => address)).toEqual(["http://localhost/models.json"]);
  });

  it("that lacks a model names it and those that there are; those that come with the site open in any case", async () => {
    const { modelById } = await site(() => new Response(JSON.stringify({ default: "mine", models: [GOOD] })));
    const lacking = modelById('<b>"imagenet"</b>');
    await expect(lacking).rejects.toMatchObject({ name: VggscopeError.name, code: "weights-unknown-model" });
    await expect(lacking).rejects.toThrow(/There is no model “<b>"imagenet"<\/b>”\. The models are “mine”\./);
    expect((await modelById("untrained")).sources).toEqual(["weights/untrained/"]);
  });

  it.each<[what: string, answer: () => Response | Promise<Response>, said: RegExp, again: number]>([
    ["absent", () => new Response("", { status: 404 }), /could not be read \(.*404/, 2],
    ["out of reach", () => Promise.reject(new TypeError("Failed to fetch")), /could not be read.*Failed/, 2],
    ["a web page", () => new Response("<!doctype html>"), /not JSON/, 1],
  ])("that is %s leaves the models that come with the site", async (_, answer, said, times) => {
    const { loadCatalogue, modelById, asked } = await site(answer);
    const { models, initial, problems } = await loadCatalogue();
    expect(models.map(({ id }) => id)).toEqual(["textures", "untrained"]);
    expect(initial).toBe("textures");
    expect(problems).toEqual([expect.stringMatching(said)]);
    // What did not come may come later; what is wrong stays wrong.
    await expect(modelById("imagenet-keras")).rejects.toThrow(said);
    expect(asked).toHaveBeenCalledTimes(times);
  });

  it("whose default is another than the site was built with says so, and keeps to the one built in", async () => {
    const ours = JSON.parse(OURS) as { default: string; models: CatalogueEntry[] };
    const other = await site(() => new Response(JSON.stringify({ ...ours, default: "untrained" })));
    const { initial, problems } = await other.loadCatalogue();
    expect(initial).toBe("textures");
    expect(problems).toEqual([expect.stringMatching(/“untrained”, and this page was built with “textures”/)]);
    const [first, ...rest] = ours.models;
    const moved = { ...ours, models: [{ ...first, sources: ["elsewhere/"] }, ...rest] };
    const changed = await site(() => new Response(JSON.stringify(moved)));
    expect((await changed.loadCatalogue()).problems).toEqual([
      expect.stringMatching(/something else of its default/),
    ]);
  });
});
