/** Choosing a model: what is said of it, by link, from disk by button and by drop, the full download, what is kept. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { MOUNTS, own, stage, WEIGHTS } from "./support/fixture";
import { LARGE, LARGE_BYTES, largeFile } from "./support/large";
import { type PageOptions, ScopePage } from "./support/scope-page";
import { FIRST_PART } from "./support/whole-vgg16";

const set = stage({ mounts: [LARGE, ...MOUNTS] });
const SMALL = {
  backend: "cpu",
  layer: "block1_conv2",
  width: "16",
  height: "16",
  iterations: "3",
  channels: "0-3",
};
const NARROW = "vgg16_narrow16.safetensors";

async function open(link: Record<string, string> = {}, options: PageOptions = {}): Promise<ScopePage> {
  return ScopePage.visit(set, { ...SMALL, ...link }, options);
}

const pathOf = (folder: string, name: string) =>
  fileURLToPath(new URL(`../reference/${folder}/${name}`, import.meta.url));

async function choose(page: ScopePage, folder: string, name: string): Promise<void> {
  await page.sheet("model");
  const choosing = page.page.waitForEvent("filechooser");
  await page.page.getByRole("button", { name: "Choose a file…" }).click();
  await (await choosing).setFiles(pathOf(folder, name));
}

/** The panel's terms and what it says to each. */
function factsOf(page: ScopePage): Promise<Record<string, string>> {
  return page.page
    .locator("#model-facts > div")
    .evaluateAll((rows) =>
      Object.fromEntries(
        rows.map((row) => [
          row.querySelector("dt")?.textContent ?? "",
          row.querySelector("dd")?.textContent ?? "",
        ]),
      ),
    );
}

const panelText = (page: ScopePage) => page.page.locator("#model-panel").innerText();

it("the embedded and the untrained model say what they are, by whom, and what pictures go through", async () => {
  const page = await open();
  await page.reaches("finished");
  await page.sheet("model");
  const demo = await factsOf(page);
  expect(demo).toMatchObject({
    "Opened from": `The folder ${set.site.origin}/weights/demo/`,
    Format: "safetensors",
    Layers: "block1_conv1 to block5_conv3 (13 of 13 convolutions)",
    Licence: expect.stringMatching(/CC0/),
    Size: expect.stringMatching(/^29\.\d MB$/),
  });
  expect(demo.Source).toBeTruthy();
  expect(await page.page.locator("#model-name").innerText()).toMatch(/textures/i);
  expect(await page.page.locator("#model-scaling").innerText()).toMatch(/the course notes do/);

  await page.chooseUntrained();
  await page.reaches("finished");
  expect(await page.page.locator("#model-name").innerText()).toMatch(/untrained/i);
  expect(await factsOf(page)).toMatchObject({
    Layers: "block1_conv1 to block5_conv3 (13 of 13 convolutions)",
    Size: "29.4 MB",
  });
});

it("by link: a folder, a file, and an address that cannot be one", async () => {
  const page = await open();
  await page.reaches("finished");
  await page.sheet("model");
  const address = page.page.getByLabel(/By link/);
  const folder = own.narrow();
  await address.fill(folder);
  await address.press("Enter");
  await page.reaches("finished");
  expect(await factsOf(page)).toMatchObject({ "Opened from": `The folder ${set.site.origin}${folder}` });
  expect(await page.page.getByLabel(`From the link: ${folder}`).isChecked()).toBe(true);

  const file = set.site.origin + own.file(NARROW);
  await address.fill(file);
  await page.page.getByRole("button", { name: "Open", exact: true }).click();
  await page.reaches("finished");
  expect(await factsOf(page)).toMatchObject({
    "Opened from": `The file ${file}`,
    Format: "safetensors",
    Licence: "The weights do not say",
    Layers: "block1_conv1 to block5_conv3 (13 of 13 convolutions)",
  });
  // Who gets this page's link gets the same model.
  expect(new URLSearchParams(new URL(page.page.url()).hash.slice(1)).get("weights")).toBe(file);

  await address.fill("ftp://example.org/vgg16.h5");
  await address.press("Enter");
  await expect.poll(() => page.page.locator("#link-error").innerText()).toMatch(/http/);
  expect(await address.getAttribute("aria-invalid")).toBe("true");
});

it.each([
  ["safetensors", NARROW, "safetensors"],
  ["Keras", "vgg16_narrow16_tf_kernels_notop.h5", "Keras HDF5"],
  ["PyTorch", "vgg16_narrow16.pth", "PyTorch"],
])("from disk by button: %s; nothing is sent anywhere", async (_, name, format) => {
  const page = await open();
  await page.reaches("finished");
  await page.sheet("model");
  const before = set.site.served.length;
  await choose(page, "weights", name);
  await page.reaches("finished");
  expect((await page.drawnTiles(4)).map(({ words }) => words.iteration)).toEqual(Array(4).fill("step 3"));
  expect(await factsOf(page)).toMatchObject({
    "Opened from": `The file ${name} on this device`,
    Format: format,
  });
  expect(await page.page.getByLabel(`From disk: ${name}`).isChecked()).toBe(true);
  expect(await page.page.locator("#model-notes").innerText()).toMatch(/link cannot carry the file/);
  const sent = set.site.served.slice(before).filter(({ path }) => !path.startsWith("/assets/"));
  expect(sent).toEqual([]);

  // A layer deeper, a tab later: the file is still the model.
  await page.link({ layer: "block5_conv3" });
  await page.reaches("finished");
  await page.sheet("model");
  await page.page.getByLabel("Textures, not ImageNet").check();
  await page.reaches("finished");
  await page.sheet("model");
  await page.page.getByLabel(`From disk: ${name}`).check();
  await page.reaches("finished");
});

it("from disk by drop, also onto the pictures; a folder or two files are not taken, in words", async () => {
  const page = await open();
  await page.reaches("finished");
  await drop(page, "vgg-scope", [NARROW]);
  await page.reaches("finished");
  expect(await page.page.getByLabel(`From disk: ${NARROW}`).isChecked()).toBe(true);
  const states = await page.states();
  await drop(page, "body", [NARROW, NARROW]);
  await expect.poll(() => page.page.locator("body").innerText()).toMatch(/2 things were dropped at once/);
  expect(await page.states()).toEqual(states);
});

it.each([
  ["malicious_os_system.pth", "weights-unsafe-pickle", /os\.system.*nothing in it was executed/s],
  ["truncated_data.safetensors", "weights-truncated", /30250 bytes/],
  ["html_error_page.h5", "weights-web-page", /web page/],
  ["nan_tensor.safetensors", "weights-not-finite", /features\.7\.weight/],
])(
  "a bad file from disk, %s, is refused in words; the pictures stay, and a good one opens",
  async (name, code, words) => {
    const page = await open();
    await page.reaches("finished");
    const drawn = await page.drawnTiles(4);
    await page.link({ layer: "block2_conv2" });
    await page.reaches("finished");
    await page.sheet("model");
    await choose(page, "bad", name);
    await page.reaches("error");
    const [message, ...others] = await page.messages();
    expect(others).toEqual([]);
    expect(message).toMatchObject({ code, text: expect.stringContaining(name) });
    expect(message?.text).toMatch(words);
    expect(await page.drawnTiles(4)).toHaveLength(drawn.length);
    await choose(page, "bad", "good_twin.safetensors");
    await page.reaches("finished");
    expect(await page.messages()).toEqual([]);
  },
);

it("a large file that can only be had whole is asked for, with its size, and then fetched once", async () => {
  const page = await open();
  await page.reaches("finished");
  const weights = largeFile();
  await page.link({ weights });
  await page.reaches("error");
  const [message] = await page.messages();
  expect(message).toMatchObject({ code: "weights-needs-full-download" });
  expect(set.site.sentUnder(weights)).toBe(FIRST_PART);
  const asked = set.site.servedUnder(weights).length;
  await page.page.getByRole("button", { name: "Download it all (12.0 MB)" }).click();
  await page.reaches("finished");
  expect(await page.messages()).toEqual([]);
  const whole = set.site
    .servedUnder(weights)
    .slice(asked)
    .filter(({ method, range }) => method === "GET" && range === "");
  expect(whole.map(({ status, bytes }) => [status, bytes])).toEqual([[200, LARGE_BYTES]]);
  await page.chooseUntrained();
  await page.reaches("finished");
});

it("what could not be opened is no choice any more, and no link is said to carry it or to lead to it", async () => {
  const page = await open();
  await page.reaches("finished");
  await page.sheet("model");
  const choices = () => page.page.locator("#models label").allInnerTexts();
  await page.page.getByLabel("Textures, not ImageNet").waitFor();
  const shipped = await choices();
  const address = page.page.getByLabel(/By link/);
  for (const given of ["weights/nothere/", "hello", "http://127.0.0.1:1/x/"]) {
    await page.sheet("model");
    await address.fill(given);
    await address.press("Enter");
    await page.reaches("error");
    // While it is the choice it is shown as that.
    expect(await choices()).toEqual([...shipped, `From the link: ${given}`]);
  }
  await choose(page, "bad", "zero_length.h5");
  await page.reaches("error");
  expect(await choices()).toEqual([...shipped, "From disk: zero_length.h5"]);
  expect(await page.page.locator("#model-notes").innerText()).toBe("");
  await choose(page, "weights", NARROW);
  await page.reaches("finished");
  expect(await page.page.locator("#model-notes").innerText()).toMatch(/gets textures instead/);
  expect(page.page.url()).toContain("#model=textures&");
  await page.chooseUntrained();
  await page.reaches("finished");
  expect(await choices()).toEqual([...shipped, `From disk: ${NARROW}`]);
});

it("cached weights have a size and a button, and are fetched again after it", async () => {
  const weights = own.demo();
  const page = await open({ weights });
  await page.reaches("finished");
  await page.sheet("model");
  await expect.poll(() => panelText(page)).toMatch(/Cached weights: 8\d kB in 3 files/);
  await page.page.getByRole("button", { name: "Clear cached weights" }).click();
  await expect.poll(() => panelText(page)).toMatch(/Cached weights: none/);
  expect(await page.page.locator("#cache-said").innerText()).toMatch(/^Cleared 8\d kB\./);
  expect(await page.drawnTiles(4)).toHaveLength(4);

  const asked = () => set.site.servedUnder(weights).filter(({ method }) => method === "GET").length;
  const before = asked();
  const again = await page.again({ ...SMALL, weights });
  await again.reaches("finished");
  expect(asked()).toBe(before + 3);
  const third = await page.again({ ...SMALL, weights });
  await third.reaches("finished");
  expect(asked()).toBe(before + 3);
});

it("a browser without room is said to have none, and the page works", async () => {
  const page = await open({}, { path: "/pages/blank.html" });
  const cdp = await page.context.newCDPSession(page.page);
  await cdp.send("Storage.overrideQuotaForOrigin", { origin: set.site.origin, quotaSize: 20_000 });
  const weights = own.demo();
  const visit = await page.again({ ...SMALL, weights });
  await visit.page.goto(`${set.site.origin}/#${new URLSearchParams({ ...SMALL, weights })}`);
  await visit.reaches("finished");
  await expect
    .poll(() => visit.page.locator("#model-notes").innerText())
    .toMatch(/did not keep the weights.*fetched again next time/);
  const sent = set.site.sentUnder(weights);
  await visit.press("Start");
  await visit.reaches("finished");
  expect(set.site.sentUnder(weights)).toBe(sent);
});

it("the keyboard alone opens the panel, a link, and the file chooser", async () => {
  const page = await open();
  await page.reaches("finished");
  await page.page.locator("#model-button").focus();
  await page.page.keyboard.press("Enter");
  await tabTo(page, "link-address");
  await page.page.keyboard.type(WEIGHTS.narrow);
  await page.page.keyboard.press("Tab");
  await page.page.keyboard.press("Enter");
  await page.reaches("finished");
  const choosing = page.page.waitForEvent("filechooser");
  await tabTo(page, "choose-file");
  await page.page.keyboard.press("Space");
  await (await choosing).setFiles(pathOf("weights", NARROW));
  await page.reaches("finished");
  await tabTo(page, "clear-cache");
  await page.page.keyboard.press("Enter");
  await expect.poll(() => page.page.locator("#cache-said").innerText()).toMatch(/^Cleared/);
});

function focused(page: ScopePage): Promise<string> {
  return page.page.evaluate(() => document.activeElement?.id ?? "");
}

async function tabTo(page: ScopePage, id: string): Promise<void> {
  for (let presses = 0; presses < 10 && (await focused(page)) !== id; presses++) {
    await page.page.keyboard.press("Tab");
  }
  expect(await focused(page)).toBe(id);
}

/** Drops these weight files where the selector points. */
async function drop(page: ScopePage, selector: string, names: readonly string[]): Promise<void> {
  const files = names.map((name) => ({
    name,
    base64: readFileSync(pathOf("weights", name)).toString("base64"),
  }));
  await page.page.locator(selector).evaluate((target, given) => {
    const data = new DataTransfer();
    for (const { name, base64 } of given) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], name));
    }
    for (const kind of ["dragenter", "dragover", "drop"]) {
      const event = new DragEvent(kind, {
        bubbles: true,
        cancelable: true,
        composed: true,
        dataTransfer: data,
      });
      target.dispatchEvent(event);
    }
  }, files);
}
