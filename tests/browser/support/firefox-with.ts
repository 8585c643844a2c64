/** Firefox with settings of its reader's, driven as the tests need it. */
import type { Browser, Frame, Page } from "puppeteer-core";
import { onTestFinished } from "vitest";
import { startFirefox } from "./firefox";

/** A browser with these preferences, until the test has ended. */
export async function firefoxWith(preferences: Record<string, unknown>): Promise<Browser> {
  const browser = await startFirefox(preferences);
  onTestFinished(() => browser.close());
  return browser;
}

/** A page at this address, and what was thrown in it and not caught. */
export async function firefoxPage(
  browser: Browser,
  address: string,
): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(address);
  return { page, errors };
}

/** Waits until the element rests, and answers how, with the messages on its page. */
export async function endOf(page: Page | Frame): Promise<{ state: string; messages: string[] }> {
  await page.waitForFunction(
    () => {
      const { state = "" } = document.querySelector<HTMLElement>("vgg-scope")?.dataset ?? {};
      return ["finished", "error", "stopped"].includes(state);
    },
    { timeout: 40_000 },
  );
  return page.evaluate(() => ({
    state: document.querySelector<HTMLElement>("vgg-scope")?.dataset.state ?? "",
    messages: Array.from(document.querySelectorAll(".vgg-message"), ({ textContent }) => textContent ?? ""),
  }));
}
