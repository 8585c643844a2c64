/** A site, a browser and a page with the API for the tests of one file. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launch } from "./browser";
import { Site, type SiteOptions } from "./host/site";
import { builtSite, generated, type Mount, reference, testPages, underEveryName } from "./mounts";
import { hasChromium } from "./needs";

/** Where the site has the weights of the golden files. */
export const WEIGHTS = {
  full: "/weights-2024/",
  narrow: "/narrow16/",
  narrowHalf: "/narrow16-f16/",
} as const;

/** Weights under an address of a test's own: nothing is kept of it, and no other test meets its faults. */
export const own = {
  /** A folder with checksums; every width over 16. */
  narrow: () => `/own/narrow/${fresh()}/`,
  /** A folder with checksums; real widths up to block3_conv1. */
  full: () => `/own/full/${fresh()}/`,
  /** The same in 16 bits. */
  half: () => `/own/half/${fresh()}/`,
  /** The demo that comes with the site. */
  demo: () => `/own/demo/${fresh()}/`,
  /** A file of `tests/reference/weights`. */
  file: (name: string) => `/own/files/${fresh()}/${name}`,
  /** A file, or a folder, of `tests/reference/bad`. */
  bad: (name: string) => `/own/bad/${fresh()}/${name}`,
};

let addresses = 0;

function fresh(): number {
  return ++addresses;
}

export interface Stage {
  readonly site: Site;
  readonly browser: Browser;
}

/** Opened before the tests of the calling file, closed after them. */
export function stage(options: Partial<SiteOptions> = {}): Stage {
  const opened: Partial<{ site: Site; browser: Browser }> = {};
  beforeAll(async () => {
    opened.site = await Site.open({ mounts: MOUNTS, ...options });
    // Tests in other browsers need only the site.
    if (hasChromium()) opened.browser = await launch();
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

const NARROW = { seed: 11, divisor: 16, upTo: "block5_conv3" };
const FULL = { seed: 2024, divisor: 1, upTo: "block3_conv1" };

export const MOUNTS: readonly Mount[] = [
  testPages(),
  reference(WEIGHTS.narrow, "narrow16_sharded"),
  generated(WEIGHTS.narrowHalf, NARROW, "F16"),
  generated(WEIGHTS.full, FULL, "F32"),
  underEveryName(generated("/own/narrow/", NARROW, "F32")),
  underEveryName(generated("/own/full/", FULL, "F32")),
  underEveryName(generated("/own/half/", FULL, "F16")),
  underEveryName(builtSite("/own/demo/", "weights/demo")),
  underEveryName(reference("/own/files/", "weights")),
  underEveryName(reference("/own/bad/", "bad")),
  builtSite(),
];

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the stage is set only while tests run");
  return value;
}
