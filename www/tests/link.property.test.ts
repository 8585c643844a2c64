/**
 * Every control's state goes through the link and comes back exactly: for any values that the table of settings allows,
 * and as any of its controls would write them.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { LIMITS } from "../src/engine/limits";
import { type Beside, COMPARABLE } from "../src/settings/beside";
import { formatChannels } from "../src/settings/channels";
import type { Field } from "../src/settings/field";
import { readLink, writeLink } from "../src/settings/link";
import { FIELDS, fieldOf, type SettingName, type Settings } from "../src/settings/table";
import { channelsOf } from "../src/settings/vgg16";
import { PROGRAMS, SPEEDS, type View } from "../src/settings/view";

const PARAMETERS = { seed: 436, numRuns: 1000 };

/** Any value that a field's own row of the table allows. */
function anyOf({ choices, bounds, read }: Field<unknown>): fc.Arbitrary<unknown> {
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
  return address.map((text) => text.trim()).filter((text) => read(text).ok);
}

const NAMES = (Object.keys(FIELDS) as SettingName[]).filter((name) => name !== "channels");
const any = fc.record(Object.fromEntries(NAMES.map((name) => [name, anyOf(fieldOf(name))])));
const others = any.map((values): typeof values => {
  const highest = Math.floor(LIMITS.pixels.max / Number(values.width));
  return { ...values, height: Math.min(Number(values.height), highest) };
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
    expect(readLink(link)).toEqual({ ...given, problems: [] });
    // As the address bar gives it back.
    expect(readLink(new URL(link, "http://localhost/").hash)).toEqual({ ...given, problems: [] });
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
