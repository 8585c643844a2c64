import { expect, it } from "vitest";
import { TOUR } from "../src/page/tour/steps";
import { readLink, writeLink } from "../src/settings/link";

it("every step of the tour is a link that is wholly understood, and there is no other step", () => {
  for (const [index, { settings, view, words }] of TOUR.entries()) {
    const there = { channel: undefined, ...view, tour: index + 1 };
    const read = readLink(writeLink(settings, there));
    expect(read.problems).toEqual([]);
    expect(read).toMatchObject({ settings, view: { tour: index + 1 } });
    expect(words.length).toBeGreaterThan(0);
  }
  for (const tour of [0, TOUR.length + 1]) {
    const { view, problems } = readLink(`#tour=${tour}`);
    expect(view.tour).toBeUndefined();
    expect(problems.map(({ key }) => key)).toEqual(["tour"]);
  }
});
