/** Links with values that are not allowed: each is named with its key, and the page runs with the default instead. */
import { expect, it } from "vitest";
import { stage } from "./support/fixture";
import { ScopePage } from "./support/scope-page";

const set = stage();
/** Small and short where the bad value is another one. */
const SMALL = { backend: "cpu", width: "16", height: "16", iterations: "2", channels: "0-3" };

/** The key, the bad value, what the message says of it, and what the page uses instead. */
const BAD: readonly [key: string, value: string, said: RegExp, instead: string][] = [
  ["layer", "block9_conv1", /block1_conv1.*block5_conv3/, "block1_conv2"],
  ["layer", "", /Allowed/, "block1_conv2"],
  ["channels", "0-64", /no channel 64.*0-63/, "0-39"],
  ["channels", "999999999", /beyond the widest layer/, "0-39"],
  ["channels", "0-999999999", /beyond the widest layer/, "0-39"],
  ["channels", "three", /neither a number nor a range/, "0-39"],
  ["channels", "9-2", /runs backwards/, "0-39"],
  ["channels", "1,1", /channel 1 is there twice/, "0-39"],
  ["width", "wide", /1 to 2048/, "150"],
  ["width", "0", /1 to 2048/, "150"],
  ["height", "1e9", /1 to 2048/, "150"],
  ["height", "-5", /1 to 2048/, "150"],
  ["iterations", "99999999999999999999", /1 to 10000/, "100"],
  ["learning-rate", "NaN", /above 0/, "10"],
  ["learning-rate", "1e400", /above 0/, "10"],
  ["step", "momentum", /gradient, l2, rms, adam/, "gradient"],
  ["start", "black", /noise, grey/, "noise"],
  ["preprocessing", "bgr", /none, caffe, torch/, "none"],
  ["seed", "9007199254740992", /9007199254740991/, "436"],
  ["seed", "1.5", /whole number/, "436"],
  ["backend", "cuda", /auto, webgpu, cpu/, "auto"],
];

async function open(link: Record<string, string>): Promise<ScopePage> {
  return ScopePage.visit(set, link);
}

async function theMessage(page: ScopePage): Promise<string> {
  await expect.poll(() => page.messages()).toHaveLength(1);
  return (await page.messages())[0]?.text ?? "";
}

it.each(BAD)("%s=%s is named, and the page runs", async (key, value, said, instead) => {
  const page = await open({ ...SMALL, [key]: value });
  await page.reaches("running");
  const message = await theMessage(page);
  expect(message).toContain(`${key} is “${value}”`);
  expect(message).toMatch(said);
  expect(message).toContain(`Using ${instead}.`);
  const used = await page.page.locator("vgg-scope").getAttribute(key);
  expect(used).toBe(instead);
  const untouched = Object.entries(SMALL).filter(([name]) => name !== key);
  for (const [name, text] of untouched)
    expect(await page.page.locator("vgg-scope").getAttribute(name)).toBe(text);
});

it("a key that is no setting is named, and many are in a line", async () => {
  const page = await open({ ...SMALL, pace: "0-3" });
  await page.reaches("finished");
  expect(await theMessage(page)).toContain("“pace”, which is no setting");
  const strange = Object.fromEntries("abcdefgh".split("").map((key) => [key, "1"]));
  await page.link({ ...strange, layer: "x", seed: "x", step: "x", start: "x", channels: "0" });
  await page.reaches("finished");
  const panel = page.page.locator("#notices .vgg-message");
  expect(await panel.locator(".vgg-message-line").allInnerTexts()).toEqual([
    "The link was not fully understood",
    "The link says “pace”, “a”, “b” and 6 more, which are no settings and are left out.",
    "The link has no allowed value for “layer”, “step”, “start” and “seed”. The page uses its own values for them.",
  ]);
});

/** What programs on the way make of a link: the address behind the page's, with a small climb that ends soon. */
const REST = "width=16&height=16&iterations=2&backend=cpu";
const MEANT = { layer: "block1_conv1", channels: "0-2", width: "16", iterations: "2" };
const GOOD = `layer=block1_conv1&channels=0-2&${REST}`;
const CHANGED: readonly [what: string, address: string][] = [
  ["&amp; for &", `#${GOOD.replaceAll("&", "&amp;")}`],
  ["%3D for =", `#${GOOD.replaceAll("=", "%3D")}`],
  ["all encoded", `#${encodeURIComponent(GOOD)}`],
  ["an en dash", `#${GOOD.replace("0-2", "0–2")}`],
  ["a hyphen that does not break", `#${GOOD.replace("0-2", "0\u20112")}`],
  [". at the end", `#${REST}&layer=block1_conv1&channels=0-2.`],
  [") at the end", `#${REST}&layer=block1_conv1&channels=0-2)`],
  ["> at the end", `#${REST}&layer=block1_conv1&channels=0-2>`],
  [", at the end", `#${REST}&channels=0-2&layer=block1_conv1,`],
  ["a space before a key", `#${GOOD.replaceAll("&", "&%20")}`],
  ["a zero-width space", `#${GOOD.replace("conv1", "\u200bconv1")}`],
  ["capitals", `#${GOOD.toUpperCase()}`],
  ["a backslash before an underscore", `#${GOOD.replace("_", "\\_")}`],
  ["##", `##${GOOD}`],
  ["? for #", `?${GOOD}`],
  ["? for # and &amp; for &", `?${GOOD.replaceAll("&", "&amp;")}`],
];

it.each(CHANGED)("a link with %s is read as it was, and the address is mended", async (_, address) => {
  const page = await follow(`/${address}`);
  await page.reaches("finished");
  expect(await page.messages()).toEqual([]);
  expect(await page.page.locator("#notices").innerText()).toBe("");
  await shows(page, "#scope");
  expect(page.page.url()).toMatch(/\/#model=textures&layer=block1_conv1&channels=0-2&width=16&/);
});

it.each(CHANGED)(
  "in a frame, a link with %s is read as it was, and the address is left alone",
  async (_, address) => {
    const page = await follow(`/embed.html${address}`);
    await page.reaches("finished");
    await shows(page, "vgg-scope");
    expect(await page.page.locator(".vgg-message").count()).toBe(0);
    expect(page.page.url()).toBe(new URL(`/embed.html${address}`, set.site.origin).href);
    expect(await page.page.locator("a.whole").getAttribute("href")).toMatch(
      /^\.\/#model=textures&.*&channels=0-2&/,
    );
  },
);

/** Opens an address as it is written. */
async function follow(address: string): Promise<ScopePage> {
  const page = await ScopePage.visit(set, {}, { path: "/pages/blank.html" });
  await page.page.goto(set.site.origin + address);
  return page;
}

async function shows(page: ScopePage, element: string): Promise<void> {
  const scope = page.page.locator(element);
  const shown = Object.keys(MEANT).map(async (key) => [key, await scope.getAttribute(key)]);
  expect(Object.fromEntries(await Promise.all(shown))).toEqual(MEANT);
}

it("a link in the query that is not understood is named", async () => {
  const page = await follow(`/?${GOOD}&seed=x`);
  await page.reaches("finished");
  expect(await theMessage(page)).toContain("seed is “x”");
});

it("several bad values are all named at once", async () => {
  const page = await open({ ...SMALL, layer: "conv", seed: "x", colour: "red" });
  await page.reaches("finished");
  const message = await theMessage(page);
  for (const words of ["layer is “conv”", "seed is “x”", "“colour”"]) expect(message).toContain(words);
});

it.each(["layer", "weights", "channels", "colour", '<img src=x onerror="globalThis.ran=1">'])(
  "markup given as %s is shown as text and never run",
  async (key) => {
    const markup = '"><img src=x onerror="globalThis.ran=1"><script>globalThis.ran=1</script>';
    const page = await open({ ...SMALL, [key]: markup });
    await expect.poll(async () => (await page.messages()).length).toBeGreaterThan(0);
    const text = (await page.messages()).map((message) => message.text).join(" ");
    expect(text).toMatch(key === "weights" ? /index\.json/ : /onerror|which is no setting/);
    expect(await page.page.evaluate(() => "ran" in globalThis)).toBe(false);
    expect(await page.page.locator("img:not([role])").count()).toBe(0);
    expect(await page.page.locator("body script").count()).toBe(0);
  },
);

it("a very long value is cut in the message", async () => {
  const page = await open({ ...SMALL, layer: "x".repeat(100_000) });
  await page.reaches("finished");
  const message = await theMessage(page);
  expect(message).toContain(`layer is “${"x".repeat(60)}…”`);
  expect(message.length).toBeLessThan(600);
});

it("a fragment that is no list of settings at all leaves the page running", async () => {
  const page = await open({ ...SMALL });
  await page.reaches("finished");
  await page.page.evaluate(() => {
    location.hash = "#%E0%A4%A&&==&%zz";
  });
  await page.reaches("running");
  expect(await page.page.locator("vgg-scope").getAttribute("layer")).toBe("block1_conv2");
});
