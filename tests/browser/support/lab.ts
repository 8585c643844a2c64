/** A page with the JavaScript API, opened for a test. */
import type { Page } from "playwright-core";
import type { AscendOptions, CatalogueModel, OpenOptions } from "../../../www/src/vggscope";
import type { Outcome, Taken, Trial } from "../pages/lab";
import { openPage } from "./browser";
import type { Stage } from "./fixture";

/** Through every layer, as fast as can be, and so far that the image shows the weights and not its start. */
export const SMALL_CLIMB: AscendOptions = {
  layer: "block5_conv3",
  channels: [0, 1, 2, 3, 4, 5, 6, 7],
  width: 32,
  height: 32,
  iterations: 1,
  learningRate: 2 ** 20,
  preprocessing: "none",
  seed: 7,
};

export class LabPage {
  readonly page: Page;
  readonly errors: readonly string[];
  readonly #address: string;

  private constructor(page: Page, errors: readonly string[], address: string) {
    this.page = page;
    this.errors = errors;
    this.#address = address;
  }

  static async open({ browser, site }: Stage, query = "", folder = "/pages/"): Promise<LabPage> {
    const { page, errors } = await openPage(browser);
    return LabPage.#at(`${site.origin}${folder}lab.html${query}`, page, errors);
  }

  /** Another tab of the same visitor, or a later visit: what the browser keeps is there. */
  async again(): Promise<LabPage> {
    return LabPage.#at(this.#address, await this.page.context().newPage(), []);
  }

  static async #at(address: string, page: Page, errors: readonly string[]): Promise<LabPage> {
    await page.goto(address);
    await page.waitForFunction(() => "inPage" in globalThis);
    return new LabPage(page, errors, address);
  }

  /** Resolves to the scope's number on the page. */
  scope(options: Pick<OpenOptions, "backend"> & { weights?: string | CatalogueModel }): Promise<number> {
    return this.page.evaluate((given) => inPage.open(given), options);
  }

  climb(scope: number, options: AscendOptions, whole: readonly number[] = []): Promise<Taken[]> {
    return this.page.evaluate(
      ([number, settings, iterations]) => inPage.climb(number, settings, iterations),
      [scope, options, whole] as const,
    );
  }

  /** Opens weights on the CPU, climbs on them and closes them again. */
  attempt({ climb, ...trial }: Omit<Trial, "climb"> & { climb?: Partial<AscendOptions> }): Promise<Outcome> {
    const whole = { backend: "cpu", ...trial, climb: { ...SMALL_CLIMB, ...climb } } as const;
    return this.page.evaluate((given) => inPage.attempt(given), whole);
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
