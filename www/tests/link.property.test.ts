/**
 * Every control's state goes through the link and comes back exactly: for any values that the table of settings allows,
 * and as any of its controls would write them.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { LIMITS } from "../src/basics/limits";
import { channelsOf } from "../src/basics/vgg16";
import { type Beside, COMPARABLE } from "../src/settings/beside";
import { formatChannels } from "../src/settings/channels";
import type { Field } from "../src/settings/field";
import { readLink, writeLink } from "../src/settings/link";
import { FIELDS, fieldOf, type SettingName, type Settings } from "../src/settings/table";
import { PROGRAMS, SPEEDS, type View } from "../src/settings/view";

const PARAMETERS = { seed: 436, numRuns: 1000 };

const ids = fc.stringMatching(/^[a-z0-9]{1,9}([._-][a-z0-9]{1,9}){0,3}$/).filter((id) => id !== "none");

/** Any value that a field's own row of the table allows. */
function anyOf({ key, choices, bounds, read }: Field<unknown>): fc.Arbitrary<unknown> {
  if (key === FIELDS.model.key) return ids;
  if (choices) return fc.constantFrom(...choices.map(({ value }) => value));
  if (bounds?.step === 1) return fc.integer(bounds);
  if (bounds) {
    const { min, max } = bounds;
    return fc.double({ min, max, minExcluded: true, noNaN: true });
  }
  const address = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.string({ unit: "grapheme" }),
  );
  // Characters that nobody sees are no part of an address.
  return address
    .map((text) => read(text))
    .filter((reading) => reading.ok && reading.value !== undefined)
    .map((reading) => reading.ok && reading.value);
}

const NAMES = (Object.keys(FIELDS) as SettingName[]).filter((name) => name !== "channels");
const any = fc.record(Object.fromEntries(NAMES.map((name) => [name, anyOf(fieldOf(name))])));
/** One of the two that can name the model does. */
const others = fc.tuple(any, fc.constantFrom("model", "weights")).map(([values, unsaid]): typeof values => {
  const highest = Math.floor(LIMITS.pixels.max / Number(values.width));
  return { ...values, [unsaid]: undefined, height: Math.min(Number(values.height), highest) };
});

/** Settings whose channels their layer has, and whose image is not too large. */
const settings = others.chain((values) => {
  const most = channelsOf(String(values.layer));
  const channels = fc.uniqueArray(fc.nat(most - 1), { minLength: 1, maxLength: most });
  return channels.map((list) => ({ ...values, channels: list }) as unknown as Settings);
});

/** What may differ on the other side: any of it, or nothing yet; or there is no other side. */
const differs = fc.record(Object.fromEntries(COMPARABLE.map((name) => [name, anyOf(fieldOf(name))])), {
  requiredKeys: [],
});
const beside = fc.option(differs as fc.Arbitrary<Beside>, { nil: undefined });

const state = settings.chain((all) => {
  const channel = fc.option(fc.constantFrom(...all.channels), { nil: undefined });
  const iteration = fc.option(fc.integer({ min: 0, max: all.iterations }), { nil: undefined });
  const speed = fc.option(fc.constantFrom(...SPEEDS), { nil: undefined });
  const code = fc.option(fc.constantFrom(...PROGRAMS), { nil: undefined });
  const tour = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined });
  const views = fc.record({ channel, iteration, beside, speed, code, tour });
  return views.map((view: View) => ({ settings: all, view }));
});

it("a link restores every setting and what is looked at", () => {
  const restores = (given: { settings: Settings; view: View }) => {
    const link = writeLink(given.settings, given.view);
    expect(readLink(link)).toEqual({ ...given, problems: [], mended: false });
    // As the address bar gives it back.
    expect(readLink(new URL(link, "http://localhost/").hash)).toEqual({
      ...given,
      problems: [],
      mended: false,
    });
  };
  fc.assert(fc.property(state, restores), PARAMETERS);
});

it("a control reads back what it shows", () => {
  const reads = (all: Settings) => {
    for (const name of Object.keys(FIELDS) as SettingName[]) {
      const field = fieldOf(name);
      expect(field.read(field.write(all[name]))).toEqual({ ok: true, value: all[name] });
    }
    expect(formatChannels(all.channels).length).toBeLessThanOrEqual(4 * all.channels.length);
  };
  fc.assert(fc.property(settings, reads), PARAMETERS);
});

it("settings of one link never leak into those of another", () => {
  const apart = (one: Settings, other: Settings) => {
    readLink(writeLink(one));
    expect(readLink(writeLink(other)).settings).toEqual(other);
  };
  fc.assert(fc.property(settings, settings, apart), { ...PARAMETERS, numRuns: 200 });
});

/** What programs on the way do to a link, without its `#`. Those that strike addresses of weights too have no way back there. */
const CHANGES: readonly [what: string, change: (link: string) => string, strikesAddresses?: boolean][] = [
  ["&amp; for &", (link) => link.replaceAll("&", "&amp;")],
  ["&amp;amp; for &", (link) => link.replaceAll("&", "&amp;amp;")],
  ["&#38; for &", (link) => link.replaceAll("&", "&#38;")],
  ["%3D for =", (link) => link.replaceAll("=", "%3D")],
  ["encoded as a whole", encodeURIComponent],
  ["encoded as a whole, twice", (link) => encodeURIComponent(encodeURIComponent(link))],
  ["quoted-printable", (link) => link.replaceAll("=", "=3D")],
  ["a second #", (link) => `#${link}`],
  ["an encoded #", (link) => `%23${link}`],
  ["#! and a slash", (link) => `!/${link}`],
  ["a space before each key", (link) => link.replace(/^|&/g, "$&%20")],
  ["en dashes", (link) => link.replaceAll("-", "–"), true],
  ["encoded en dashes", (link) => link.replaceAll("-", "%E2%80%93"), true],
  ["hyphens that do not break", (link) => link.replaceAll("-", "\u2011"), true],
  ["minus signs", (link) => link.replaceAll("-", "\u2212"), true],
  ["a zero-width space in each value", (link) => link.replaceAll("=", "=\u200b")],
  ["a soft hyphen in each key", (link) => link.replaceAll("=", "\u00ad=")],
  ["a mark at the end", (link) => `${link}\ufeff`],
  ["backslashes before underscores", (link) => link.replaceAll("_", "\\_"), true],
  ["capitals", (link) => link.toUpperCase(), true],
  [
    "capitals at the beginning of keys",
    (link) => link.replace(/(?:^|&)[a-z]/g, (start) => start.toUpperCase()),
  ],
  ...[".", ",", ")", ").", ">", "&gt;", "&quot;", "”", "%29", "%20", "*", "]", ";", "!"].map(
    (end): [string, (link: string) => string] => [`${end} at the end`, (link) => link + end],
  ),
];

/** Addresses as people have them, and no network of a file, which a change of dashes or capitals can be undone in: as lower case without dashes. */
const PLAIN = ["weights/demo/", "https://example.org/vgg16/", "https://example.org/a.safetensors?v=1"];

const plainWeights = (given: { settings: Settings; view: View }, weights: string) => {
  const { beside: other, ...view } = given.view;
  const otherWeights = other && "weights" in other ? { beside: { ...other, weights } } : { beside: other };
  const settings = { ...given.settings, model: undefined, weights, network: undefined };
  return { settings, view: { ...view, ...otherWeights } };
};

it.each(CHANGES)(
  "a link that was changed on its way is read as it was: %s",
  (_, change, strikesAddresses) => {
    const readsTheSame = (any: { settings: Settings; view: View }, weights: string) => {
      const given = strikesAddresses ? plainWeights(any, weights) : any;
      const link = writeLink(given.settings, given.view).slice(1);
      // What stands behind an address may be its own.
      fc.pre(!/\bweights:[^&]*$/.test(link));
      const changed = change(link);
      const reads = { ...given, problems: [], mended: expect.any(Boolean) };
      expect(readLink(`#${changed}`)).toEqual(reads);
      // As the address bar gives it back, and where a question mark stands for the #.
      expect(readLink(new URL(`#${changed}`, "http://localhost/").hash)).toEqual(reads);
      const { search } = new URL(`?${changed.replaceAll("#", "%23")}`, "http://localhost/");
      expect(readLink("", search)).toEqual({ ...reads, mended: true });
    };
    fc.assert(fc.property(state, fc.constantFrom(...PLAIN), readsTheSame), { ...PARAMETERS, numRuns: 200 });
  },
);
