/** A page with the JavaScript API, opened for a test. */
import type { Page } from "playwright-core";
import type { AscendOptions, OpenOptions } from "../../../www/src/vggscope";
import type { Taken } from "../pages/lab";
import { openPage } from "./browser";
import type { Stage } from "./fixture";

export class LabPage {
  readonly page: Page;
  readonly errors: readonly string[];

  private constructor(page: Page, errors: readonly string[]) {
    this.page = page;
    this.errors = errors;
  }

  static async open({ browser, site }: Stage, query = "", folder = "/pages/"): Promise<LabPage> {
    const { page, errors } = await openPage(browser);
    await page.goto(`${site.origin}${folder}lab.html${query}`);
    await page.waitForFunction(() => "inPage" in globalThis);
    return new LabPage(page, errors);
  }

  /** Resolves to the scope's number on the page. */
  scope(options: Omit<OpenOptions, "onProgress">): Promise<number> {
    return this.page.evaluate((given) => inPage.open(given), options);
  }

  climb(scope: number, options: AscendOptions, whole: readonly number[] = []): Promise<Taken[]> {
    return this.page.evaluate(
      ([number, settings, iterations]) => inPage.climb(number, settings, iterations),
      [scope, options, whole] as const,
    );
  }

  /** Ends the page and everything that runs in it. */
  close(): Promise<void> {
    return this.page.context().close();
  }
}

export type Whole = Taken & Required<Pick<Taken, "pixels" | "rgba">>;

/** The iterate, which must have come with picture and pixels. */
export function whole(iterate: Taken | undefined): Whole {
  if (!iterate?.pixels || !iterate.rgba) throw new Error("an iterate came without its pixels");
  return { ...iterate, pixels: iterate.pixels, rgba: iterate.rgba };
}
