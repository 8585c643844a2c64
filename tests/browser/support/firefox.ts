/** Debian's Firefox, by WebDriver BiDi. Playwright drives only a Firefox of its own. */
import puppeteer, { type Browser } from "puppeteer-core";
import { type Engine, type OtherBrowser, type OtherPage, program } from "./other-page";

type Work = (...given: unknown[]) => unknown;

const path = program("firefox", "firefox-esr");

export const firefox: Engine = { found: path !== undefined, launch: launchFirefox };

/** The program with these preferences beside the usual ones. */
export function startFirefox(preferences: Record<string, unknown> = {}): Promise<Browser> {
  return puppeteer.launch({
    browser: "firefox",
    executablePath: path ?? "",
    headless: true,
    extraPrefsFirefox: preferences,
  });
}

async function launchFirefox(): Promise<OtherBrowser> {
  const browser = await startFirefox();
  const open = async (address: string): Promise<OtherPage> => {
    const page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 900 });
    await page.goto(address);
    return {
      evaluate: async (work, ...given) =>
        (await page.evaluate(work as unknown as Work, ...given)) as Awaited<ReturnType<typeof work>>,
      click: (selector) => page.click(selector),
      press: (key) => page.keyboard.press(key),
      close: () => page.close(),
    };
  };
  return { open, close: () => browser.close() };
}
