import { expect, it } from "vitest";
import { PageState } from "../src/page/state";
import type { Settings } from "../src/settings/table";

/** A window with an address and a history, enough for the state. */
function fakeWindow(hash: string) {
  const listeners: (() => void)[] = [];
  const entries = [hash];
  let at = 0;
  const page = {
    location: {
      get hash() {
        return entries[at] ?? "";
      },
    },
    history: {
      pushState: (_data: unknown, _title: string, link: string) => {
        entries.splice(at + 1, entries.length, link);
        at += 1;
      },
    },
    addEventListener: (_type: string, listener: () => void) => listeners.push(listener),
  };
  const go = (by: number) => {
    at += by;
    for (const listener of listeners) listener();
  };
  return { page: page as unknown as Window, entries, go };
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

it("going back to a link with other weights puts the file away", () => {
  const { page, go } = fakeWindow("#weights=weights/untrained/");
  const state = new PageState(page);
  state.change({ weights: "weights/demo/" });
  state.openFile(new File([], "vgg16.h5"));
  go(-1);
  expect(state.file).toBeUndefined();
  expect(state.settings.weights).toBe("weights/untrained/");
});

it("a file forgives what was wrong with the link", () => {
  const state = new PageState(fakeWindow("#width=none").page);
  const heard: number[] = [];
  state.watch((_settings, problems) => heard.push(problems.length));
  state.openFile(new File([], "vgg16.h5"));
  expect(heard).toEqual([1, 0]);
});
