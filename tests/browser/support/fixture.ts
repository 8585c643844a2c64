/** A site, a browser and a page with the API for the tests of one file. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launch } from "./browser";
import { Site, type SiteOptions } from "./host/site";
import { builtSite, generated, reference, testPages } from "./mounts";

/** Where the site has the weights of the golden files. */
export const WEIGHTS = {
  full: "/weights-2024/",
  narrow: "/narrow16/",
  narrowHalf: "/narrow16-f16/",
} as const;

export interface Stage {
  readonly site: Site;
  readonly browser: Browser;
}

/** Opened before the tests of the calling file, closed after them. */
export function stage(options: Partial<SiteOptions> = {}): Stage {
  const opened: Partial<{ site: Site; browser: Browser }> = {};
  beforeAll(async () => {
    opened.site = await Site.open({ mounts: MOUNTS, ...options });
    opened.browser = await launch();
  });
  afterAll(async () => {
    await opened.browser?.close();
    await opened.site?.close();
  });
  return {
    get site() {
      return there(opened.site);
    },
    get browser() {
      return there(opened.browser);
    },
  };
}

const MOUNTS = [
  testPages(),
  reference(WEIGHTS.narrow, "narrow16_sharded"),
  generated(WEIGHTS.narrowHalf, { seed: 11, divisor: 16, upTo: "block5_conv3" }, "F16"),
  generated(WEIGHTS.full, { seed: 2024, divisor: 1, upTo: "block3_conv1" }, "F32"),
  builtSite(),
];

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the stage is set only while tests run");
  return value;
}
