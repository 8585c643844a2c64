/** ImageNet's VGG16 from a hub: as few bytes as a layer needs, past every fault that hubs and networks have, or the right words. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { firefox } from "./support/firefox";
import { MOUNTS, stage, WEIGHTS } from "./support/fixture";
import { COMMIT, Hub, type HubFault } from "./support/hub";
import { LabPage } from "./support/lab";
import { builtSite, watched } from "./support/mounts";
import type { OtherBrowser } from "./support/other-page";
import { OtherScope } from "./support/other-scope";
import { webkit } from "./support/webkit";
import { WholeVgg16 } from "./support/whole-vgg16";

const FILE = "model.safetensors";
const WHOLE = new WholeVgg16(2024, "timm");
const ID = "imagenet-torchvision";

let catalogue = "";
const set = stage({
  mounts: [
    { prefix: "/models.json", read: async () => Buffer.from(catalogue) },
    watched(builtSite("/")),
    ...MOUNTS,
  ],
});
let hub: Hub;
const pictures = new Map<string, string>();

beforeAll(async () => {
  hub = await Hub.open({ [`vgg16.tv_in1k/${FILE}`]: WHOLE });
  const lab = await LabPage.open(set);
  for (const layer of ["block1_conv2", "block3_conv1"])
    pictures.set(layer, (await lab.attempt({ weights: WEIGHTS.full, climb: { layer } })).picture);
  await lab.close();
});
afterAll(() => hub.close());

let owners = 0;
let addresses: string[] = [];

beforeEach(() => {
  hub.spoil(undefined);
  owners += 1;
  const model = `owner${owners}/vgg16.tv_in1k`;
  addresses = [COMMIT, "main"].map((revision) => hub.address(model, FILE, revision));
  catalogue = JSON.stringify({
    default: "textures",
    models: [
      {
        id: ID,
        name: "ImageNet (torchvision)",
        note: "It was trained on photographs.",
        architecture: "vgg16",
        preprocessing: "torch",
        licence: "BSD-3-Clause",
        bytes: 553_430_176,
        sources: addresses,
      },
    ],
  });
});

const attempt = (lab: LabPage, layer = "block1_conv2") =>
  lab.attempt({ weights: { model: ID }, climb: { layer } });

describe.each([
  ["block1_conv2", 180_000, 2],
  ["block3_conv1", 2_400_000, 5],
])("%s", (layer, most, layers) => {
  it("takes few bytes and requests, none that a page has to ask for, and on a second visit none at all", async () => {
    const lab = await LabPage.open(set);
    const { refusal, picture, bytesFetched, model } = await attempt(lab, layer);
    expect(refusal).toBeUndefined();
    expect(picture).toBe(pictures.get(layer));
    expect(hub.bytes("store")).toBe(WHOLE.fetchedFor(layer));
    expect(bytesFetched).toBe(hub.bytes("store"));
    expect(bytesFetched).toBeLessThanOrEqual(most);
    // The header, and a part a layer, each from the address that people know.
    const places = Array.from({ length: 1 + layers }, () => ["hub", "store"]).flat();
    expect(hub.asked.map(({ host }) => host).sort()).toEqual(places.sort());
    for (const { method, range, headers } of hub.asked) {
      expect([method, range]).toEqual(["GET", expect.stringMatching(/^bytes=\d+-\d+$/)]);
      expect(headers.includes("referer")).toBe(false);
    }
    expect(model).toMatchObject({
      name: "ImageNet (torchvision)",
      licence: "BSD-3-Clause",
      preprocessing: "torch",
      origin: { kind: "remote-file", address: addresses[0], preprocessingGuessed: false },
    });

    hub.spoil({ kind: "blocked", host: "hub" });
    const later = await lab.again();
    expect(await attempt(later, layer)).toMatchObject({ picture, bytesFetched: 0 });
    expect(hub.asked).toEqual([]);
    await lab.close();
  });
});

/** What recovers by itself. */
const PASSING: readonly [what: string, fault: HubFault][] = [
  ["a signature that no longer holds", { kind: "expired", times: 1 }],
  ["a signature that ends in the middle", { kind: "expired", times: 1, after: 2 }],
  ["too many requests", { kind: "limit", seconds: 1, times: 1 }],
  ["headers that pages may not read", { kind: "hidden-headers" }],
  ["a slow host", { kind: "slow", bytesPerSecond: 100_000, delayMs: 300 }],
  ["a commit that is gone", { kind: "stale", revision: COMMIT }],
];

it.each(PASSING)("%s does not keep the weights away", async (_, fault) => {
  const lab = await LabPage.open(set);
  hub.spoil(fault);
  const { refusal, picture, model } = await attempt(lab);
  expect(refusal).toBeUndefined();
  expect(picture).toBe(pictures.get("block1_conv2"));
  expect(model?.origin?.address).toBe(addresses[fault.kind === "stale" ? 1 : 0]);
  await lab.close();
});

it("waits as long as a hub says that asks for patience", async () => {
  const lab = await LabPage.open(set);
  hub.spoil({ kind: "limit", seconds: 2, times: 1 });
  const { milliseconds, progress } = await attempt(lab);
  expect(milliseconds).toBeGreaterThan(2000);
  expect(progress.map(({ detail }) => detail)).toContainEqual(expect.stringContaining("in 2 s"));
  await lab.close();
});

/** What does not, and what is said of it. */
const LASTING: readonly [what: string, fault: HubFault, words: RegExp][] = [
  ["a network that lets nothing through", { kind: "blocked", host: "hub" }, /Allow these hosts/],
  ["a network that blocks where the bytes are", { kind: "blocked", host: "store" }, /Allow these hosts/],
  ["signatures that never hold", { kind: "expired", times: 100 }, /403/],
];

it.each(LASTING)("%s is said with every address and what to do", async (_, fault, words) => {
  const lab = await LabPage.open(set);
  hub.spoil(fault);
  const { refusal } = await attempt(lab);
  expect(refusal).toMatchObject({ own: true, code: "weights-no-source" });
  for (const address of addresses) expect(refusal?.message).toContain(address);
  expect(refusal?.message).toMatch(words);
  expect(refusal?.message).toContain("open it from disk");
  hub.spoil(undefined);
  expect((await attempt(lab)).picture).toBe(pictures.get("block1_conv2"));
  await lab.close();
});

it("a hub that no longer gives parts is asked nothing more without the visitor's word", async () => {
  const lab = await LabPage.open(set);
  hub.spoil({ kind: "ignore-range" });
  const { refusal } = await attempt(lab);
  expect(refusal).toMatchObject({ own: true, code: "weights-needs-full-download" });
  expect(refusal?.message).toContain("553");
  await lab.close();
});

it("a layer whose bytes are not those that the catalogue pins is used from no address", async () => {
  const digest = createHash("sha256").update(WHOLE.tensors("block1_conv2")).digest("hex");
  const pinned = (sha256: Record<string, string>) => {
    const { models, ...rest } = JSON.parse(catalogue);
    catalogue = JSON.stringify({ ...rest, models: [{ ...models[0], sha256 }] });
  };
  pinned({ block1_conv2: digest });
  const lab = await LabPage.open(set);
  expect((await attempt(lab)).picture).toBe(pictures.get("block1_conv2"));
  await lab.close();

  pinned({ block1_conv2: digest.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) });
  const other = await LabPage.open(set);
  const { refusal } = await attempt(other);
  expect(refusal).toMatchObject({ own: true, code: "weights-no-source" });
  expect(refusal?.message).toContain("block1_conv2 of ");
  await other.close();
});

it("the next address is taken when the first fails in the middle", async () => {
  const lab = await LabPage.open(set);
  const scope = await lab.scope({ backend: "cpu", weights: { model: ID } });
  hub.spoil({ kind: "stale", revision: COMMIT });
  const taken = await lab.climb(scope, {
    layer: "block1_conv2",
    channels: [0],
    width: 16,
    height: 16,
    iterations: 1,
  });
  expect(taken.length).toBe(1);
  const gone = hub.asked.filter(({ host, status }) => host === "hub" && status === 404);
  expect(gone.length).toBeGreaterThan(0);
  expect(hub.asked.some(({ host, path }) => host === "hub" && path.includes("/main/"))).toBe(true);
  await lab.close();
});

describe.each([
  ["Firefox", firefox],
  ["WebKit", webkit],
])("in %s", (_, { found, launch }) => {
  it("the browser is there where all tests must run", () => {
    if (process.env.CI) expect(found).toBe(true);
  });

  describe.skipIf(!found)("the page", () => {
    let browser: OtherBrowser;
    beforeAll(async () => {
      browser = await launch();
    });
    afterAll(() => browser?.close());

    it("climbs on the hub's weights with no request that has to be asked for first, past a signature that expired", async () => {
      hub.spoil({ kind: "expired", times: 1 });
      const small = {
        channels: "0-3",
        width: "32",
        height: "32",
        iterations: "2",
        backend: "cpu",
        "learning-rate": "500",
      };
      const link = new URLSearchParams({ model: ID, layer: "block1_conv2", ...small });
      await OtherScope.visit(browser, `${set.site.origin}/#${link}`);
      expect(hub.bytes("store")).toBe(WHOLE.fetchedFor("block1_conv2"));
      for (const { method, range } of hub.asked)
        expect([method, range]).toEqual(["GET", expect.stringMatching(/^bytes=\d+-\d+$/)]);
    });
  });
});
