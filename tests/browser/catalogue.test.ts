/** Models of the catalogue, some from another host: what is said before anything is fetched, choosing, the link, the element. */
import axe from "axe-core";
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from "vitest";
import type { VggScopeElement } from "../../www/src/vggscope";
import { MOUNTS, own, stage } from "./support/fixture";
import { Site } from "./support/host/site";
import { LabPage } from "./support/lab";
import { LARGE, LARGE_BYTES, largeFile } from "./support/large";
import { type PageOptions, ScopePage } from "./support/scope-page";

const SMALL = {
  backend: "cpu",
  layer: "block1_conv2",
  channels: "0-3",
  width: "16",
  height: "16",
  iterations: "3",
};
const SHIPPED = ["Textures, not ImageNet", "Random, untrained weights"];
const NARROW = "vgg16_narrow16.safetensors";

/** What the site has as its catalogue. */
let catalogue = "";
const set = stage({
  mounts: [{ prefix: "/models.json", read: async () => Buffer.from(catalogue) }, ...MOUNTS],
});
/** Lets every page read it. */
let other: Site;
/** Lets no page of another site read it. */
let unwilling: Site;

beforeAll(async () => {
  const mounts = [LARGE, ...MOUNTS];
  const headers = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Content-Range, ETag, Last-Modified",
  };
  other = await Site.open({ mounts, headers });
  unwilling = await Site.open({ mounts });
});
afterAll(() => Promise.all([other.close(), unwilling.close()]));
beforeEach(() => {
  catalogue = JSON.stringify({ default: "textures", models: models() });
});

const host = (site: Site) => new URL(site.origin).host;

/** The two that come with the site, one in parts, one whole, and one that may not be read. */
function models() {
  const both = {
    architecture: "vgg16",
    preprocessing: "none",
    licence: "CC0-1.0",
    bytes: 29_429_376,
    note: "Ours.",
  };
  const theirs = {
    ...both,
    preprocessing: "caffe",
    licence: "BSD-3-Clause",
    note: "It was trained elsewhere.",
  };
  const whole = other.origin + largeFile();
  const kept = unwilling.origin + own.file(NARROW);
  return [
    // As it was when the site was built.
    {
      ...both,
      id: "textures",
      name: SHIPPED[0],
      note: "It was trained to tell 61 families of computed textures apart. It has seen no photograph and nothing of ImageNet.",
      sources: ["weights/demo/"],
    },
    { ...both, id: "untrained", name: SHIPPED[1], sources: ["weights/untrained/"] },
    {
      ...theirs,
      id: "in-parts",
      name: "In parts",
      bytes: 553_430_176,
      sources: [other.origin + own.file(NARROW)],
    },
    {
      ...theirs,
      id: "in-one",
      name: "In one",
      bytes: LARGE_BYTES,
      sources: [whole],
      download: { url: whole, bytes: LARGE_BYTES, md5: "0".repeat(32) },
    },
    {
      ...theirs,
      id: "not-for-us",
      name: "Not for us",
      sources: [kept],
      download: { url: kept, bytes: 30_000, md5: "0".repeat(32) },
    },
  ];
}

async function open(link: Record<string, string> = {}, options: PageOptions = {}): Promise<ScopePage> {
  return ScopePage.visit(set, { ...SMALL, ...link }, options);
}

const sheet = (page: ScopePage) => page.sheet("model");

const modelIn = (page: ScopePage) => new URLSearchParams(new URL(page.page.url()).hash.slice(1)).get("model");

it("says what it is, its licence, its size for the layer and from where it comes, before anything is asked there", async () => {
  const before = other.served.length;
  const page = await open();
  await page.reaches("finished");
  const panel = await sheet(page);
  expect(await panel.locator("label.choice").allInnerTexts()).toEqual([
    ...SHIPPED,
    "In parts",
    "In one",
    "Not for us",
  ]);
  const parts = await panel.getByRole("radio", { name: "In parts" });
  const about = () => page.page.locator(".model-entry", { hasText: "In parts" }).innerText();
  expect(await about()).toContain("It was trained elsewhere. Its licence is BSD-3-Clause.");
  expect(await about()).toContain(`It comes from ${host(other)}, another host, when you choose it.`);
  expect(await about()).toContain("For block1_conv2 the page fetches 155 kB; the whole is 553.4 MB.");
  const described = await parts.getAttribute("aria-describedby");
  expect(await page.page.locator(`#${described}`).innerText()).toMatch(/another host/);
  await page.link({ layer: "block3_conv1" });
  await expect.poll(about).toContain("For block3_conv1 the page fetches 2.2 MB;");
  await page.reaches("finished");
  const whole = page.page.locator(".model-entry", { hasText: "In one" });
  expect(await whole.innerText()).toContain("The page asks first, as it comes whole: 12.0 MB.");
  expect(await whole.getByRole("link", { name: "Save the file, 12.0 MB" }).getAttribute("href")).toContain(
    other.origin,
  );
  expect(await page.page.locator("#catalogue-problems").innerText()).toBe("");
  expect(other.served.slice(before)).toEqual([]);
});

it("one click opens it; the link has its id, and what the catalogue says counts as said", async () => {
  const page = await open();
  await page.reaches("finished");
  await (await sheet(page)).getByRole("radio", { name: "In parts" }).check();
  await page.reaches("finished");
  await page.drawnTiles(4);
  expect(modelIn(page)).toBe("in-parts");
  expect(/weights=/.test(page.page.url())).toBe(false);
  expect(await page.page.locator("#model-chosen").innerText()).toBe("In parts");
  await page.sheet("model");
  expect(await page.page.locator("#model-name").innerText()).toBe("In parts");
  expect(await page.page.locator("#model-facts").innerText()).toContain("BSD-3-Clause");
  expect(/does not say/.test(await page.page.locator("#model-scaling").innerText())).toBe(false);
  expect(await page.page.locator("#not-imagenet").isVisible()).toBe(false);
  // Who gets the link gets the same.
  const again = await page.again({ ...SMALL, model: "in-parts" });
  await again.reaches("finished");
  expect(await again.page.locator("vgg-scope").getAttribute("model")).toBe("in-parts");
  await page.page.goBack();
  await page.reaches("finished");
  expect(modelIn(page)).toBe(null);
  expect(await page.page.locator("#model-chosen").innerText()).toBe("Textures, not ImageNet");
});

it("arrow keys walk to a model of another host and ask nothing of it; Enter opens it", async () => {
  const page = await open();
  await page.reaches("finished");
  const panel = await sheet(page);
  const before = other.served.length;
  const states = (await page.states()).length;
  await panel.getByRole("radio", { name: "Random, untrained weights" }).focus();
  await page.page.keyboard.press("ArrowDown");
  const said = page.page.locator("#models-said");
  expect(await said.innerText()).toBe(`“In parts” comes from ${host(other)}. Enter opens it.`);
  await page.page.keyboard.press("ArrowDown");
  expect(await said.innerText()).toMatch(/^“In one”/);
  await page.page.keyboard.press("Escape");
  await page.sheet("model");
  // Nothing was chosen.
  expect(await panel.getByRole("radio", { name: "Textures" }).isChecked()).toBe(true);
  expect(await said.innerText()).toBe("");
  expect([other.served.length, (await page.states()).length, modelIn(page)]).toEqual([before, states, null]);
  await panel.getByRole("radio", { name: "In one" }).focus();
  await page.page.keyboard.press("ArrowUp");
  await page.page.keyboard.press("Enter");
  await page.reaches("finished");
  expect(modelIn(page)).toBe("in-parts");
});

it("a file that comes whole is asked about before its host is asked for anything, and then fetched once", async () => {
  const page = await open();
  await page.reaches("finished");
  const before = other.served.length;
  await (await sheet(page)).getByRole("radio", { name: "In one" }).check();
  await page.reaches("error");
  const [message, ...others] = await page.messages();
  expect(others).toEqual([]);
  expect(message?.code).toBe("weights-needs-full-download");
  expect(message?.text).toContain(`“In one” comes as one file from ${host(other)}, another host`);
  expect(other.served.slice(before)).toEqual([]);
  const link = page.page.locator(".vgg-message").getByRole("link", { name: "Save the file, 12.0 MB" });
  expect(await link.getAttribute("href")).toContain(other.origin);
  await page.page.getByRole("button", { name: "Download it all (12.0 MB)" }).click();
  await page.reaches("finished");
  expect(await page.messages()).toEqual([]);
  const whole = other.served.slice(before).filter(({ method, range }) => method === "GET" && range === "");
  expect(whole.map(({ status, bytes }) => [status, bytes])).toEqual([[200, LARGE_BYTES]]);
});

it("a host that lets no page read it is named, beside the link that needs no permission", async () => {
  const page = await open({ model: "not-for-us" });
  await page.reaches("error");
  const [message] = await page.messages();
  expect(message?.code).toBe("weights-cors-refused");
  const link = page.page.locator(".vgg-message").getByRole("link", { name: "Save the file, 30 kB" });
  expect(await link.getAttribute("href")).toContain(unwilling.origin);
  expect(await link.getAttribute("rel")).toBe("noreferrer");
  await page.page.getByRole("button", { name: "Choose another model" }).click();
  await page.chooseUntrained();
  await page.reaches("finished");
});

it("a link to one of its models fetches the engine while the catalogue is on its way", async () => {
  set.site.spoil("/models.json", { kind: "slow", bytesPerSecond: 3000 });
  onTestFinished(() => set.site.mend("/models.json"));
  const from = set.site.served.length;
  const page = await open({ model: "in-parts" });
  await page.reaches("finished");
  const served = set.site.served.slice(from);
  const list = served.find(({ path }) => path === "/models.json");
  const wasm = served.find(({ path }) => path.endsWith(".wasm"));
  expect(wasm?.askedAt).toBeLessThan(list?.sentAt ?? 0);
});

it("a link with an id that the catalogue lacks names it and those that there are", async () => {
  const page = await open({ model: "imagenet" });
  await page.reaches("error");
  const [message, ...others] = await page.messages();
  expect(others).toEqual([]);
  expect(message?.code).toBe("weights-unknown-model");
  expect(message?.text).toContain(
    "There is no model “imagenet”. The models are “textures”, “untrained”, “in-parts”, “in-one”, “not-for-us”.",
  );
  expect(await page.page.locator("#model-chosen").innerText()).toBe("imagenet");
  await page.chooseUntrained();
  await page.reaches("finished");
  expect(modelIn(page)).toBe("untrained");
  await page.sheet("model");
  expect(/imagenet/.test(await page.page.locator("#models").innerText())).toBe(false);
});

it("a link with a model and weights says that only one of them counts", async () => {
  const weights = own.narrow();
  const page = await open({ model: "untrained", weights });
  await page.reaches("finished");
  const [message] = await page.messages();
  expect(message?.text).toContain(`model is “untrained” and weights is “${weights}”. Only one`);
  await page.sheet("model");
  expect(await page.page.locator("#model-facts").innerText()).toContain(weights);
});

it("an older link to the folder of a model beside the site is that model", async () => {
  const page = await open({ weights: "weights/untrained/" });
  await page.reaches("finished");
  const panel = await sheet(page);
  expect(await panel.getByRole("radio", { name: "Random, untrained weights" }).isChecked()).toBe(true);
  expect(await panel.getByRole("radio").count()).toBe(5);
  expect(await page.page.locator("#model-chosen").innerText()).toBe("Random, untrained weights");
});

it.each<[what: string, content: () => string, said: RegExp, labels: readonly string[]]>([
  ["empty", () => "", /not JSON/, SHIPPED],
  ["no JSON", () => "<!doctype html>", /not JSON.*Only the models that come with the page/, SHIPPED],
  [
    "hostile",
    () => {
      const [ours, untrained, theirs] = models();
      const script = { ...theirs, id: "script", sources: ["javascript:globalThis.ran=1"] };
      const markup = { ...theirs, id: "markup", name: '<img src=x onerror="globalThis.ran=1">', bytes: 1e99 };
      const shown = { ...theirs, name: '<img src=x onerror="globalThis.ran=1">' };
      return JSON.stringify({
        default: "textures",
        models: [ours, untrained, script, markup, shown, untrained],
      });
    },
    /“script”\).*sources is.*“markup”\).*bytes is “1e\+99”.*Entry 6.*id “untrained”/s,
    [...SHIPPED, '<img src=x onerror="globalThis.ran=1">'],
  ],
])(
  "a catalogue that is %s is told of in the sheet, and pictures come all the same",
  async (_, content, said, labels) => {
    catalogue = content();
    const page = await open();
    await page.reaches("finished");
    await page.drawnTiles(4);
    const panel = await sheet(page);
    expect(await panel.locator("label.choice").allInnerTexts()).toEqual(labels);
    expect(await page.page.locator("#catalogue-problems").innerText()).toMatch(said);
    expect(await page.page.evaluate(() => "ran" in globalThis)).toBe(false);
    await page.chooseUntrained();
    await page.reaches("finished");
  },
);

it("a catalogue that is not there is told of in the sheet, and is asked for again", async () => {
  set.site.spoil("/models.json", { kind: "status", status: 404 });
  onTestFinished(() => set.site.mend("/models.json"));
  const page = await open();
  await page.reaches("finished");
  const panel = await sheet(page);
  expect(await panel.locator("label.choice").allInnerTexts()).toEqual(SHIPPED);
  expect(await page.page.locator("#catalogue-problems").innerText()).toMatch(
    /models\.json could not be read.*404/,
  );
  set.site.mend("/models.json");
  await page.link({ model: "in-parts" });
  await page.reaches("finished");
  expect(await panel.locator("label.choice").allInnerTexts()).toEqual([
    ...SHIPPED,
    "From the link: in-parts",
  ]);
});

it.each([360, 1280])("the sheet at %i pixels: no violation, no sideways scrolling", async (width) => {
  const page = await open({}, { viewport: { width, height: 800 } });
  await page.reaches("finished");
  const panel = await sheet(page);
  await panel.getByRole("radio", { name: "Random" }).focus();
  await page.page.keyboard.press("ArrowDown");
  await page.page.evaluate(axe.source);
  const violations = await page.page.evaluate(async () => {
    const found = await (globalThis as unknown as { axe: typeof axe }).axe.run(document);
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  });
  expect(violations).toEqual([]);
  const wider = () =>
    page.page.evaluate(() => {
      const elements = [document.documentElement, document.querySelector("#model-panel")];
      return elements.map((element) => element && element.scrollWidth - element.clientWidth);
    });
  expect(await wider()).toEqual([0, 0]);
});

it("the element takes a model by attribute and by property, and names one that there is not", async () => {
  const page = await ScopePage.visit(set, {}, { path: "/pages/blank.html" });
  const attributes = Object.entries(SMALL).map(([key, value]) => `${key}="${value}"`);
  await page.page.setContent(
    `<script type="module" src="${set.site.origin}/vggscope.js"></script><vgg-scope model="in-parts" ${attributes.join(" ")}></vgg-scope>`,
  );
  const scope = page.page.locator("vgg-scope");
  const state = () => scope.getAttribute("data-state");
  const name = () => scope.evaluate((element) => (element as VggScopeElement).scope?.model.name);
  await expect.poll(state).toBe("finished");
  expect(await name()).toBe("In parts");
  const property = await scope.evaluate((element) => {
    const { model, weights } = element as VggScopeElement;
    (element as VggScopeElement).model = "untrained";
    return [model, weights ?? null, element.getAttribute("model")];
  });
  expect(property).toEqual(["in-parts", null, "untrained"]);
  await expect.poll(name).toBe("Random, untrained weights");
  await expect.poll(state).toBe("finished");
  await scope.evaluate((element) => element.setAttribute("model", "nothere"));
  await expect.poll(state).toBe("error");
  expect(await scope.locator(".vgg-message").innerText()).toContain("There is no model “nothere”");
  await scope.evaluate((element) => element.removeAttribute("model"));
  await expect.poll(name).toBe("Textures, not ImageNet");
});

it("an element on another site reads the catalogue beside its script", async () => {
  const before = set.site.servedUnder("/models.json").length;
  const page = await ScopePage.visit(set, {}, { path: "/pages/blank.html" });
  await page.page.setContent(
    `<script type="module" src="${other.origin}/vggscope.js"></script><vgg-scope model="untrained" layer="block1_conv1" channels="0" width="16" height="16" iterations="2" backend="cpu"></vgg-scope>`,
  );
  await expect.poll(() => page.page.locator("vgg-scope").getAttribute("data-state")).toBe("finished");
  expect(other.servedUnder("/models.json")).toHaveLength(1);
  expect(other.servedUnder("/weights/untrained/").length).toBeGreaterThan(0);
  expect(set.site.servedUnder("/models.json").length).toBe(before);
});

it("the frame takes the page's link, and snippets name the model", async () => {
  const frame = await open({ model: "in-parts" }, { path: "/embed.html" });
  await frame.reaches("finished");
  expect(await frame.page.locator("a.whole").getAttribute("href")).toMatch(/^\.\/#model=in-parts&layer=/);
  const page = await open({ model: "in-parts" });
  await page.reaches("finished");
  await page.page.getByRole("button", { name: "Embed…" }).click();
  const snippet = await page.page.getByRole("dialog").getByRole("textbox").inputValue();
  expect(snippet).toContain('<vgg-scope model="in-parts" layer="block1_conv2"');
  expect(/weights=/.test(snippet)).toBe(false);
});

it("the API takes a model by its id, and lists those that there are", async () => {
  const lab = await LabPage.open(set);
  onTestFinished(() => lab.close());
  const scope = await lab.scope({ weights: { model: "in-parts" }, backend: "cpu" });
  const climb = { layer: "block1_conv2", channels: [0], width: 16, height: 16, iterations: 2 };
  expect(await lab.climb(scope, climb)).toHaveLength(2);
  const refusal = await lab.page.evaluate(() =>
    inPage.refusal(() => inPage.open({ weights: { model: "nothere" }, backend: "cpu" })),
  );
  expect(refusal).toMatchObject({ own: true, code: "weights-unknown-model" });
  expect(refusal?.message).toContain("“in-one”");
});

it("a picture beside another model's chooses from the catalogue too", async () => {
  const page = await open({ channel: "1", beside: "model:in-parts" });
  await page.reaches("finished");
  const select = page.page.getByRole("combobox", { name: "Model" });
  await expect.poll(() => select.locator("option:checked").innerText()).toBe(`In parts, from ${host(other)}`);
  expect(await page.page.locator(".compare-other vgg-scope").getAttribute("model")).toBe("in-parts");
  await select.selectOption({ label: "Random, untrained weights" });
  await expect.poll(() => decodeURIComponent(page.page.url())).toContain("beside=model:untrained");
});
