import { expect, it } from "vitest";
import { PageState } from "../src/page/base/state";
import type { Settings } from "../src/settings/table";

/** A window with an address and a history, enough for the state. */
function fakeWindow(hash: string, search = "") {
  const listeners: (() => void)[] = [];
  const entries = [hash];
  const data: unknown[] = [null];
  let at = 0;
  const go = (by: number) => {
    at += by;
    for (const listener of listeners) listener();
  };
  /** The address has a link before anybody is told: that is what the answer does. */
  const follow = (link: string) => {
    entries.splice(at + 1, entries.length, link);
    data.splice(at + 1, data.length, null);
    at += 1;
    return () => go(0);
  };
  const page = {
    location: {
      get hash() {
        const entry = entries[at] ?? "";
        return entry.slice(entry.indexOf("#"));
      },
      pathname: "/",
      search,
    },
    history: {
      get state() {
        return data[at];
      },
      pushState: (state: unknown, _title: string, link: string) => {
        entries.splice(at + 1, entries.length, link);
        data.splice(at + 1, data.length, structuredClone(state));
        at += 1;
      },
      replaceState: (state: unknown, _title: string, link: string) => {
        entries[at] = link;
        data[at] = structuredClone(state);
      },
      go,
    },
    // Browsers tell of the entry before they tell of its fragment.
    addEventListener: (type: string, listener: () => void) =>
      type === "popstate" ? listeners.unshift(listener) : listeners.push(listener),
  };
  return { page: page as unknown as Window, entries, go, follow };
}

it("follows the link, changes it, and goes back and forward", () => {
  const { page, entries, go } = fakeWindow("#layer=block3_conv1&seed=7");
  const state = new PageState(page);
  const heard: Settings[] = [];
  state.watch((settings) => heard.push(settings));
  state.change({ channels: [40, 41] });
  state.change({ layer: "block1_conv1" });
  expect(entries).toHaveLength(3);
  expect(entries[2]).toContain("layer=block1_conv1&channels=40-41");
  expect(entries[2]).toContain("seed=7");
  go(-1);
  expect(state.settings).toMatchObject({ layer: "block3_conv1", channels: [40, 41] });
  go(-1);
  expect(state.settings.channels).toHaveLength(40);
  go(2);
  expect(state.settings.layer).toBe("block1_conv1");
  expect(heard.map(({ layer }) => layer)).toEqual([
    "block3_conv1",
    "block3_conv1",
    "block1_conv1",
    "block3_conv1",
    "block3_conv1",
    "block1_conv1",
  ]);
});

it.each([
  ["#layer=block3_conv1&amp;channels=0-2", "", "/#model"],
  ["", "?layer=block3_conv1&channels=0-2&fbclid=1", "/?fbclid=1#model"],
])("%s%s becomes the link that it was, in the same entry of the history", (hash, search, address) => {
  const { page, entries } = fakeWindow(hash, search);
  const state = new PageState(page);
  expect(state.settings).toMatchObject({ layer: "block3_conv1", channels: [0, 1, 2] });
  expect(entries).toHaveLength(1);
  expect(entries[0]).toContain(address);
  expect(entries[0]).toContain("&layer=block3_conv1&channels=0-2&");
});

it("a changed link that is followed later becomes what it was too, and a right one stays as it is written", () => {
  const { page, entries, go } = fakeWindow("#layer=block3_conv1");
  const state = new PageState(page);
  expect(entries).toEqual(["#layer=block3_conv1"]);
  entries.push("#LAYER=BLOCK2_CONV1");
  go(1);
  expect(state.settings.layer).toBe("block2_conv1");
  expect(entries[1]).toContain("&layer=block2_conv1&");
});

it("tells problems once and forgets them with the next change", () => {
  const state = new PageState(fakeWindow("#width=none").page);
  const heard: number[] = [];
  state.watch((_settings, problems) => heard.push(problems.length));
  state.change({ seed: 8 });
  expect(heard).toEqual([1, 0]);
});

it("a file from disk takes the place of the link's weights until other weights are chosen", () => {
  const { page, entries, go } = fakeWindow("#weights=weights/untrained/");
  const state = new PageState(page);
  const open: (string | undefined)[] = [];
  state.watch(() => open.push(state.file?.name));
  state.openFile(new File([], "vgg16.h5"));
  expect(entries).toHaveLength(1);
  state.change({ layer: "block1_conv1" });
  go(-1);
  go(1);
  state.change({ weights: "weights/untrained/" });
  state.openFile(new File([], "vgg16.pth"));
  state.change({ seed: 3 });
  expect(open.slice(1)).toEqual([
    "vgg16.h5",
    "vgg16.h5",
    "vgg16.h5",
    "vgg16.h5",
    undefined,
    "vgg16.pth",
    "vgg16.pth",
  ]);
});

it("a file opened after weights that cannot be opened is not linked to them, but to those opened before", () => {
  const { page, entries } = fakeWindow("#weights=weights/untrained/&seed=7");
  const state = new PageState(page);
  state.tried(true);
  state.change({ weights: "weights/nothere/" });
  state.tried(false);
  expect([state.isUnusable("weights/nothere/"), state.isUnusable("weights/untrained/")]).toEqual([
    true,
    false,
  ]);
  const broken = new File([], "empty.h5");
  state.openFile(broken);
  expect(entries.at(-1)).toMatch(/^#weights=weights\/untrained\/&.*seed=7/);
  state.tried(false);
  expect(state.isUnusable(broken)).toBe(true);
  // The host may have them by now.
  state.change({ weights: "weights/nothere/" });
  state.tried(true);
  expect(state.isUnusable("weights/nothere/")).toBe(false);
});

it.each([{ weights: "weights/demo/" }, { model: "textures" }])(
  "going back from %j to a link with another model puts the file away",
  (other) => {
    const { page, go } = fakeWindow("#weights=weights/untrained/");
    const state = new PageState(page);
    state.change(other);
    state.openFile(new File([], "vgg16.h5"));
    go(-1);
    expect(state.file).toBeUndefined();
    expect(state.settings).toMatchObject({ model: undefined, weights: "weights/untrained/" });
  },
);

it("a model of the catalogue that cannot be opened is left for the one before, and choosing one puts a file away", () => {
  const { page, entries } = fakeWindow("#model=untrained&seed=7");
  const state = new PageState(page);
  state.tried(true);
  state.change({ model: "nothere" });
  state.tried(false);
  expect(state.isUnusable("model:nothere")).toBe(true);
  state.openFile(new File([], "vgg16.h5"));
  expect(entries.at(-1)).toMatch(/^#model=untrained&.*seed=7/);
  state.change({ model: "textures" });
  expect(state.file).toBeUndefined();
  expect(entries.at(-1)).toMatch(/^#model=textures&layer=/);
});

it("a file forgives what was wrong with the link", () => {
  const state = new PageState(fakeWindow("#width=none").page);
  const heard: number[] = [];
  state.watch((_settings, problems) => heard.push(problems.length));
  state.openFile(new File([], "vgg16.h5"));
  expect(heard).toEqual([1, 0]);
});

it("looks at a tile and back, and neither tells of other settings", () => {
  const { page, entries, go } = fakeWindow("#layer=block3_conv1&channels=0-3&channel=2");
  const state = new PageState(page);
  const views: unknown[] = [];
  let changes = 0;
  state.watchView((view) => views.push(view));
  state.watch(() => changes++);
  state.look({ channel: 3 });
  state.rest({ iteration: 57 });
  state.rest({ iteration: 57 });
  state.look({ channel: undefined });
  expect(changes).toBe(1);
  expect(entries.map((entry) => entry.replace(/^.*?(&channel=|$)/, "$1"))).toEqual([
    "&channel=2",
    "&channel=3&iteration=57",
    "",
  ]);
  expect(entries[2]).toMatch(/&iteration=57$/);
  go(-1);
  expect(views).toEqual([
    { channel: 2, iteration: undefined },
    { channel: 3, iteration: undefined },
    { channel: 3, iteration: 57 },
    { channel: undefined, iteration: 57 },
    { channel: 3, iteration: 57 },
  ]);
});

it("another run is looked at as a whole", () => {
  const { page, entries } = fakeWindow("#channel=2&iteration=9");
  const state = new PageState(page);
  state.change({ seed: 8 });
  expect(state.view).toEqual({ channel: undefined, iteration: undefined });
  expect(entries[1]).not.toContain("iteration=");
  state.look({ channel: 5 });
  state.openFile(new File([], "vgg16.h5"));
  expect(state.view.channel).toBeUndefined();
  expect(entries).toHaveLength(3);
});

/** What is looked at in each entry of the history. */
const viewsIn = (entries: readonly string[]) =>
  entries.map((entry) => entry.replace(/^.*?(&channel=|&iteration=|&code=|$)/, "$1"));

it("closing leads back to where a channel was opened: going back from there does not open it again", () => {
  const { page, entries, go } = fakeWindow("#channels=0-3&iteration=40");
  const state = new PageState(page);
  state.look({ channel: 1 });
  state.look({ channel: 2 });
  state.rest({ iteration: 57, code: "keras" });
  state.close();
  // The grid is at the iterate that it showed, and what was chosen meanwhile lasts.
  expect(state.view).toMatchObject({ channel: undefined, iteration: 40, code: "keras" });
  expect(viewsIn(entries).slice(0, 1)).toEqual(["&iteration=40&code=keras"]);
  expect(page.location.hash).toBe(entries[0]);
  go(1);
  expect(state.view).toMatchObject({ channel: 1 });
  state.close();
  expect(page.location.hash).toBe(entries[0]);
  state.look({ channel: 3 });
  expect(entries).toHaveLength(2);
});

it("a channel that a link opened is closed in its place", () => {
  const { page, entries } = fakeWindow("#channels=0-3&channel=2&iteration=9");
  const state = new PageState(page);
  state.close();
  expect(viewsIn(entries)).toEqual(["&iteration=9"]);
  state.look({ channel: 1 });
  state.close();
  expect(entries).toHaveLength(2);
  expect(page.location.hash).toBe(entries[0]);
});

it("walking on from a channel that a link opened, closing leads back to that link's place", () => {
  const { page, entries } = fakeWindow("#channels=0-3&channel=2");
  const state = new PageState(page);
  state.look({ channel: 3 });
  state.look({ channel: 2 });
  state.rest({ iteration: 5 });
  state.close();
  expect(page.location.hash).toBe(entries[0]);
  expect(viewsIn(entries).slice(0, 1)).toEqual(["&iteration=5"]);
});

it("where a movement came to rest is not written over a link that was followed since", () => {
  const { page, entries, follow } = fakeWindow("#layer=block3_conv1");
  const state = new PageState(page);
  const heard = follow("#layer=block2_conv1");
  state.rest({ iteration: 7 });
  heard();
  expect([state.settings.layer, state.view.iteration]).toEqual(["block2_conv1", undefined]);
  expect(entries).toEqual(["#layer=block3_conv1", "#layer=block2_conv1"]);
  state.rest({ iteration: 8 });
  expect(entries[1]).toMatch(/layer=block2_conv1.*&iteration=8$/);
});

it("a channel that closes because a link was followed is closed by that link", () => {
  const { page, entries, follow } = fakeWindow("#layer=block3_conv1");
  const state = new PageState(page);
  state.look({ channel: 1 });
  const heard = follow("#layer=block2_conv1");
  state.close();
  heard();
  expect([state.settings.layer, state.view.channel]).toEqual(["block2_conv1", undefined]);
  expect(entries[2]).toBe("#layer=block2_conv1");
});

it.each([1, 2])(
  "a link followed before the way back from %i channels begins is not lost on it",
  (channels) => {
    const { page, follow, go } = fakeWindow("#layer=block3_conv1&channels=0-3");
    const state = new PageState(page);
    for (let channel = 0; channel < channels; channel++) state.look({ channel });
    page.history.go = () => undefined;
    state.close();
    follow("#layer=block2_conv1&channels=0-3")();
    go(-channels);
    expect(state.settings.layer).toBe("block2_conv1");
    expect(page.location.hash).toContain("layer=block2_conv1");
  },
);
