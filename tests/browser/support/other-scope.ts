/** The site's page, or another one with a `<vgg-scope>`, in a browser other than Chromium. */
import { expect, onTestFinished } from "vitest";
import type { OtherBrowser, OtherPage } from "./other-page";

/** A browser that was just launched compiles the engine first. */
const MOST_MS = 60_000;
const ENDS = /^(finished|error|stopped)$/;

export class OtherScope {
  readonly page: OtherPage;

  private constructor(page: OtherPage) {
    this.page = page;
  }

  /** Opens the address for the rest of the test, which fails where something in the page was thrown and not caught. */
  static async visit(browser: OtherBrowser, address: string): Promise<OtherScope> {
    const scope = new OtherScope(await browser.open(address));
    onTestFinished(async () => {
      const errors = await scope.page.evaluate(() => globalThis.seenErrors);
      await scope.page.close();
      expect(errors).toEqual([]);
    });
    await scope.finishes();
    return scope;
  }

  /** Waits until the climb of this element is at its end, which must be a good one. */
  async finishes(which = "vgg-scope"): Promise<void> {
    const state = () =>
      this.page.evaluate((at) => document.querySelector<HTMLElement>(at)?.dataset.state ?? "", which);
    await expect.poll(state, { timeout: MOST_MS }).toMatch(ENDS);
    const message = await this.page.evaluate(() => document.querySelector(".vgg-message")?.textContent ?? "");
    expect([await state(), message]).toEqual(["finished", ""]);
  }

  /** Waits until there is something of this kind. */
  async comes(selector: string): Promise<void> {
    await expect.poll(() => this.count(selector), { message: selector }).toBeGreaterThan(0);
  }

  count(selector: string): Promise<number> {
    return this.page.evaluate((at) => document.querySelectorAll(at).length, selector);
  }

  /** Texts of all that the selector finds. */
  texts(selector: string): Promise<string[]> {
    return this.page.evaluate(
      (at) => [...document.querySelectorAll(at)].map(({ textContent }) => textContent ?? ""),
      selector,
    );
  }
}
