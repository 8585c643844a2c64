/**
 * Links as strangers may write them: whatever the fragment, reading it throws nothing, names what it cannot use, and
 * gives settings that every later step accepts. `VGGSCOPE_FUZZ_RUNS` sets how many links each test reads.
 */
import { env } from "node:process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { checkAscendOptions, checkOpenOptions } from "../src/engine/options";
import { weightSource } from "../src/engine/source";
import { VggscopeError } from "../src/public/errors";
import { parseChannels } from "../src/settings/channels";
import { type LinkReading, readLink, writeLink } from "../src/settings/link";
import { initialSettings, KEYS, type Settings } from "../src/settings/table";
import { VIEW_KEYS } from "../src/settings/view";

const RUNS = Number(env.VGGSCOPE_FUZZ_RUNS ?? 2000);
const PARAMETERS = { seed: 436, numRuns: RUNS };
/** A long run is given its time. */
const TIMEOUT = 10_000 + RUNS;

/** What has broken readers of links before. */
const NASTY = [
  "",
  " ",
  "NaN",
  "-0",
  "1e400",
  "-1",
  "0x10",
  "9007199254740993",
  "9".repeat(400),
  "٣",
  "<script>globalThis.ran=1</script>",
  '"><img src=x onerror="globalThis.ran=1">',
  "javascript:alert(1)",
  "https://huggingface.co/o/n/blob/main/x.safetensors",
  "http://[::1",
  "//",
  "\0",
  "%",
  "%E0%A4%A",
  "%%30",
  "__proto__",
  "constructor",
  "toString",
  "0-511,0",
  "0-4294967295",
  "512",
  "5-1",
  ",",
  "\ud800",
];

const key = fc.oneof(
  fc.constantFrom(...KEYS, ...VIEW_KEYS),
  fc.constantFrom(...NASTY),
  fc.string({ unit: "binary" }),
);

/** Texts near what is allowed, so that they get past the first check. */
const near = fc.oneof(
  fc.integer().map(String),
  fc.double().map(String),
  fc.tuple(fc.nat(600), fc.nat(600)).map(([first, last]) => `${first}-${last}`),
  fc.array(fc.nat(520), { maxLength: 12 }).map((channels) => channels.join(",")),
  fc.webUrl({ withFragments: true, withQueryParameters: true }),
  fc.constantFrom(
    "block1_conv2",
    "block5_conv3",
    "caffe-rgb",
    "torch",
    "l2",
    "cpu",
    "auto",
    "adam",
    "step:adam,start:grey",
    "learning-rate:1e400",
    "grey",
    "weights/demo/",
    "imagenet-torchvision",
    "none",
  ),
);
const value = fc.oneof(near, fc.constantFrom(...NASTY), fc.string({ unit: "binary", maxLength: 300 }));
const pair = fc.tuple(key, value, fc.boolean()).map(([name, text, escaped]) => {
  return escaped ? String(new URLSearchParams({ [name]: text })) : `${name}=${text}`;
});
const separator = fc.constantFrom("&", "&&", "&amp;", ";", "#", "=");
const link = fc
  .array(fc.tuple(separator, pair), { maxLength: 12 })
  .map((parts) => `#${parts.map((part) => part.join("")).join("")}`);

/** A good link with something cut out, put in or doubled. */
const mutated = fc
  .tuple(fc.nat(220), fc.nat(30), fc.oneof(fc.constantFrom(...NASTY, "&", "=", "#"), fc.string()))
  .map(([at, length, instead]) => {
    const good = writeLink(initialSettings());
    return good.slice(0, at) + instead + good.slice(at + length);
  });

function check(fragment: string): void {
  checkReading(readLink(fragment));
  // Where a question mark stands for the #.
  checkReading(readLink("", fragment));
}

function checkReading({ settings, view, problems }: LinkReading): void {
  for (const { key: named, message } of problems) {
    expect(typeof named).toBe("string");
    expect(message).toMatch(/[.]$/);
    expect(message.length).toBeLessThan(1200);
  }
  accepted(settings);
  const { channel, iteration } = view;
  if (channel !== undefined) expect(settings.channels).toContain(channel);
  if (iteration !== undefined) expect(iteration).toBeLessThanOrEqual(settings.iterations);
  const again = readLink(writeLink(settings, view));
  expect(again).toEqual({ settings, view, problems: [], mended: false });
}

/** By all that the settings go to. */
function accepted(settings: Settings): void {
  const { model, weights, network, backend, startFrom: _start, ...ascent } = settings;
  checkAscendOptions(ascent);
  checkOpenOptions({ network, backend });
  expect([model, weights].filter((one) => one !== undefined)).toHaveLength(1);
  try {
    if (weights !== undefined) weightSource(weights, "http://localhost/");
  } catch (error) {
    expect(error).toBeInstanceOf(VggscopeError);
    expect(error).toHaveProperty("code", "invalid-option");
  }
}

it("any pairs of keys and values", { timeout: TIMEOUT }, () => {
  fc.assert(fc.property(link, check), PARAMETERS);
});

it("good links that were damaged", { timeout: TIMEOUT }, () => {
  fc.assert(fc.property(mutated, check), PARAMETERS);
});

it("any text at all", { timeout: TIMEOUT }, () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 2000 }), check), PARAMETERS);
});

it("lists of channels are each once and in reach, or refused in a sentence", { timeout: TIMEOUT }, () => {
  const text = fc.oneof(near, fc.constantFrom(...NASTY), fc.stringMatching(/^[\d, -]{0,40}$/));
  const holds = (list: string) => {
    const channels = parseChannels(list);
    if (typeof channels === "string") {
      expect(channels).not.toBe("");
      return;
    }
    expect(new Set(channels).size).toBe(channels.length);
    expect(channels.length).toBeGreaterThan(0);
    for (const channel of channels) expect(channel >= 0 && channel < 512).toBe(true);
  };
  fc.assert(fc.property(text, holds), PARAMETERS);
});

it("a link of a hundred thousand keys names a few of them", () => {
  const { problems } = readLink(`#${Array.from({ length: 100_000 }, (_, index) => `k${index}=1`).join("&")}`);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.message).toContain("99997 more");
});
