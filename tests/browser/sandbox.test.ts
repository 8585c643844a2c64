/** Frames in a sandbox that gives them no origin, as course platforms, notebooks and previews have them. */
import type { Frame, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openPage } from "./support/browser";
import { firefox } from "./support/firefox";
import { endOf, firefoxPage, firefoxWith } from "./support/firefox-with";
import { stage } from "./support/fixture";
import { Site } from "./support/host/site";
import { builtSite } from "./support/mounts";
import { QUICK, TheirPages } from "./support/their-pages";

const theirs = new TheirPages();
const set = stage({ mounts: [theirs] });
const LINK = "backend=cpu&layer=block1_conv2&channels=0-1&width=24&height=24&iterations=3";

/** Where vggscope lies: other origins may read it. */
let open: Site;
/** The same, for its own pages only. */
let closed: Site;
beforeAll(async () => {
  open = await Site.open({ mounts: [builtSite("/")], headers: { "access-control-allow-origin": "*" } });
  closed = await Site.open({ mounts: [builtSite("/")] });
});
afterAll(async () => {
  await open.close();
  await closed.close();
});

const KINDS = ["embed.html", "page", "srcdoc"] as const;

function host(kind: (typeof KINDS)[number], more = "", sandbox = "allow-scripts"): string {
  const { origin } = open;
  const element = `<vgg-scope ${QUICK} channels='0-1' controls='full'></vgg-scope><script type='module' src='${origin}/vggscope.js'></script>`;
  const source = {
    "embed.html": `src="${origin}/embed.html#${LINK}"`,
    page: `src="${origin}/#${LINK}"`,
    srcdoc: `srcdoc="${element.replaceAll('"', "'")}"`,
  }[kind];
  return theirs.write(
    `<iframe class="vggscope" sandbox="${sandbox}" ${source} width="900" height="123"></iframe>${more}`,
  );
}

/** Runs in the frame, before anything else: counts the addresses made for blobs, and those let go. */
function countBlobs(): void {
  const counts = { made: 0, let_go: 0 };
  Object.assign(globalThis, { counts });
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (blob: Blob) => {
    counts.made++;
    return createObjectURL.call(URL, blob);
  };
  URL.revokeObjectURL = (address: string) => {
    counts.let_go++;
    revokeObjectURL.call(URL, address);
  };
}

describe.each(KINDS)("%s in a sandbox", (kind) => {
  it("starts in Chromium, and keeps nothing", async () => {
    const { page, context, errors } = await openPage(set.browser);
    onTestFinished(() => context.close());
    await page.addInitScript(countBlobs);
    await page.goto(set.site.origin + host(kind));
    const frame = await innerFrame(() => page.frames());
    expect(await frame.evaluate(() => self.origin)).toBe("null");
    const state = () => frame.locator("vgg-scope").getAttribute("data-state");
    await expect.poll(state, { timeout: 30_000 }).toMatch(/finished|error/);
    const messages = await frame.locator(".vgg-message").allInnerTexts();
    expect([await state(), messages]).toEqual(["finished", []]);
    // As text: what makes these tests JavaScript would put an import of its own in place of the page's.
    const kept = await frame.evaluate(`import(${JSON.stringify(`${open.origin}/vggscope.js`)}).then(
      ({ Vggscope }) => Vggscope.clearCachedWeights().then(() => Vggscope.cachedWeights()))`);
    expect(kept).toEqual({ bytes: 0, files: 0 });
    const counts = await frame.evaluate(() => (globalThis as unknown as { counts: object }).counts);
    expect(counts).toEqual({ made: expect.any(Number), let_go: (counts as { made: number }).made });
    expect(errors).toEqual([]);
  });

  it.skipIf(!firefox.found)("starts in Firefox", async () => {
    const browser = await firefoxWith({});
    const { page, errors } = await firefoxPage(browser, set.site.origin + host(kind));
    await expect.poll(() => page.frames().length).toBe(2);
    const frame = page.frames().find((one) => one !== page.mainFrame());
    if (!frame) throw new Error("no frame");
    await frame.waitForSelector("vgg-scope");
    expect([await endOf(frame), errors]).toEqual([{ state: "finished", messages: [] }, []]);
  });
});

it("in a sandboxed page a tile is seen closely", async () => {
  const { page, context, errors } = await openPage(set.browser);
  onTestFinished(() => context.close());
  const frame = await finishedPage(page, "allow-scripts");
  await frame.locator(".vgg-frame > a").first().click();
  await frame.locator("dialog .u-over").first().waitFor();
  await frame.locator("dialog .insides:not([data-stale])").waitFor();
  expect(errors).toEqual([]);
});

// No script is told whether files are saved.
it.each(["allow-scripts", "allow-scripts allow-downloads"])(
  "a page in the sandbox “%s” says that a file was handed over, and what to do if none arrives",
  async (sandbox) => {
    const { page, context, errors } = await openPage(set.browser);
    onTestFinished(() => context.close());
    let arrived = 0;
    page.on("download", () => arrived++);
    const frame = await finishedPage(page, sandbox);
    await expect.poll(await takePicture(frame)).toMatch(HANDED_OVER);
    await expect.poll(() => arrived).toBe(sandbox.includes("downloads") ? 1 : 0);
    // Its advice leads to where files do arrive.
    await page.goto(await frame.locator(".stage .take input[readonly]").inputValue());
    const arrives = page.waitForEvent("download");
    const said = await takePicture(page.mainFrame());
    await expect.poll(said).toContain(`Saved ${(await arrives).suggestedFilename()}`);
    expect(errors).toEqual([]);
  },
);

it("so does a tab that was opened from a sandbox", async () => {
  const { page, context } = await openPage(set.browser);
  onTestFinished(() => context.close());
  const frame = await finishedPage(page, "allow-scripts allow-popups");
  const opened = context.waitForEvent("page");
  await frame.evaluate(() => void window.open(location.href));
  await expect.poll(await takePicture((await opened).mainFrame())).toMatch(HANDED_OVER);
});

it("the page around makes a sandboxed frame as high as its pictures", async () => {
  const { page, context } = await openPage(set.browser);
  onTestFinished(() => context.close());
  const path = host("embed.html", `<script async src="${open.origin}/vggscope-frame.js"></script>`);
  await page.goto(set.site.origin + path);
  const height = () => page.locator("iframe").evaluate((frame) => frame.clientHeight);
  await expect.poll(height, { timeout: 30_000 }).toBeGreaterThan(150);
});

it("where the host lets no other origin read the site, the frame says so and what helps", async () => {
  const { page, context } = await openPage(set.browser);
  onTestFinished(() => context.close());
  for (const address of [`${closed.origin}/embed.html#${LINK}`, `${closed.origin}/#${LINK}`]) {
    const path = theirs.write(
      `<iframe sandbox="allow-scripts" src="${address}" width="900" height="500"></iframe>`,
    );
    await page.goto(set.site.origin + path);
    const frame = await innerFrame(() => page.frames());
    await expect.poll(() => frame.locator("body").innerText()).toContain("allow-same-origin");
  }
});

const HANDED_OVER = /^Handed vggscope-.*\.png, .* to the browser\. If no file arrives, .*copy the link above/;

/** Answers what the panel says then. */
async function takePicture(frame: Frame): Promise<() => Promise<string>> {
  await frame.locator('vgg-scope[data-state="finished"]').waitFor({ timeout: 30_000 });
  await frame.locator(".stage .take > summary").click();
  await frame.locator('.stage .take [data-kind="png"]').click();
  return () => frame.locator(".stage .take .take-said").innerText();
}

/** The page in a sandbox, with its pictures. */
async function finishedPage(page: Page, sandbox: string): Promise<Frame> {
  await page.goto(set.site.origin + host("page", "", sandbox));
  const frame = await innerFrame(() => page.frames());
  await frame.locator('vgg-scope[data-state="finished"]').waitFor({ timeout: 30_000 });
  return frame;
}

async function innerFrame(frames: () => Frame[]): Promise<Frame> {
  await expect.poll(() => frames().length).toBe(2);
  const inner = frames()[1];
  if (!inner) throw new Error("no frame");
  return inner;
}
