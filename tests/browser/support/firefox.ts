/** Debian's Firefox, by WebDriver BiDi. Playwright drives only a Firefox of its own. */
import puppeteer from "puppeteer-core";
import { type Engine, type OtherBrowser, type OtherPage, program } from "./other-page";

type Work = (...given: unknown[]) => unknown;

const path = program("firefox", "firefox-esr");

export const firefox: Engine = { found: path !== undefined, launch: launchFirefox };

/** With these preferences beside the usual ones. */
export async function launchFirefox(
  preferences: Readonly<Record<string, unknown>> = {},
): Promise<OtherBrowser> {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: path ?? "",
    headless: true,
    extraPrefsFirefox: preferences,
  });
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
