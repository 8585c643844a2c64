import { describe, expect, it } from "vitest";
import { differing } from "../src/settings/beside";
import { formatChannels, parseChannels } from "../src/settings/channels";
import { queryBeside, readLink, writeLink } from "../src/settings/link";
import { noticeOf } from "../src/settings/notice";
import { changed, clash, initialSettings, type Settings } from "../src/settings/table";
import { WHOLE_GRID } from "../src/settings/view";

const OTHER: Settings = {
  model: undefined,
  weights: "https://example.org/my model/?v=1&x=#y",
  network: "model/second branch",
  layer: "block5_conv3",
  channels: [500, 501, 502, 7],
  width: 31,
  height: 17,
  iterations: 3,
  learningRate: 1e-21,
  step: "l2",
  preprocessing: "torch",
  startFrom: "grey",
  seed: Number.MAX_SAFE_INTEGER,
  backend: "cpu",
};

describe("the link", () => {
  it("gives the notes' settings where it is empty", () => {
    const whole = { settings: initialSettings(), view: WHOLE_GRID, problems: [], mended: false };
    expect(readLink("")).toEqual(whole);
    expect(initialSettings()).toMatchObject({ width: 150, height: 150, iterations: 100, learningRate: 10 });
    expect(initialSettings().channels).toHaveLength(40);
  });

  it("carries every setting there and back", () => {
    expect(readLink(writeLink(OTHER))).toMatchObject({ settings: OTHER, problems: [] });
    expect(readLink(writeLink(initialSettings()))).toMatchObject({
      settings: initialSettings(),
      problems: [],
    });
  });

  it("names a size of more pixels than the engine takes, in one sentence, and takes another", () => {
    const { settings, problems } = readLink("#width=2048&height=513");
    expect(settings).toMatchObject({ width: 150, height: 150 });
    expect(problems.map(({ message }) => message)).toEqual([
      "width is “2048” and height “513”, which are 1,050,624 pixels. Allowed: at most 1,048,576 in all. Using 150 × 150.",
    ]);
    expect(readLink("#width=2048&height=512")).toMatchObject({ settings: { width: 2048 }, problems: [] });
  });

  it("is readable", () => {
    expect(writeLink({ ...initialSettings(), channels: [1, 5, 7, 8, 9] })).toContain("&channels=1,5,7-9&");
    expect(writeLink(initialSettings())).toMatch(/^#model=textures&layer=/);
    const other = { ...OTHER, weights: "weights/demo/" };
    expect(writeLink({ ...other, network: undefined })).toMatch(/^#weights=weights\/demo\/&layer=/);
    expect(writeLink(other)).toMatch(/^#weights=weights\/demo\/&network=model\/second%20branch&layer=/);
  });

  it.each([
    ["layer", "block9_conv1", "block1_conv1"],
    ["channels", "0-banana", "0-39"],
    ["channels", "0-999999999", "0-39"],
    ["width", "0", "1 to 2048"],
    ["height", "1e3", "1 to 2048"],
    ["iterations", "-5", "1 to 10000"],
    ["learning-rate", "NaN", "above 0"],
    ["learning-rate", "", "above 0"],
    ["step", "momentum", "gradient, l2, rms, adam"],
    ["start", "black", "noise, grey"],
    ["preprocessing", "bgr", "none, caffe, torch"],
    ["seed", "9007199254740992", "9007199254740991"],
    ["backend", "cuda", "auto, webgpu, cpu"],
    ["weights", " ", "model.safetensors.index.json"],
    ["model", " ", "the id of a model"],
    ["model", "weights/demo/", "the id of a model"],
    ["model", "javascript:alert(1)", "the id of a model"],
  ])("names %s=%s and what is allowed, and goes on with the default", (key, value, allowed) => {
    const { settings, problems } = readLink(`#${new URLSearchParams({ [key]: value })}`);
    expect(settings).toEqual(initialSettings());
    expect(problems).toHaveLength(1);
    expect(problems[0]?.key).toBe(key);
    expect(problems[0]?.message).toContain(`“${value}”`);
    expect(problems[0]?.message).toContain(allowed);
  });

  it("names a model by its id or its weights by their address, and says so where both are given", () => {
    const modelOf = (link: string) => {
      const { settings, problems } = readLink(link);
      return [settings.model, settings.weights, problems.map(({ message }) => message)];
    };
    expect(modelOf("#model=imagenet-keras")).toEqual(["imagenet-keras", undefined, []]);
    expect(modelOf("#weights=weights/mine/")).toEqual([undefined, "weights/mine/", []]);
    expect(modelOf("#model=none&weights=weights/mine/")).toEqual([undefined, "weights/mine/", []]);
    expect(modelOf("#model=none&weights=none")).toEqual(["textures", undefined, []]);
    expect(modelOf("#model=untrained&weights=none")).toEqual(["untrained", undefined, []]);
    expect(modelOf("#model=untrained&weights=weights/mine/")).toEqual([
      undefined,
      "weights/mine/",
      [
        "model is “untrained” and weights is “weights/mine/”. Only one of them can say which model opens. Using weights.",
      ],
    ]);
    // An address that is none leaves the model.
    expect(modelOf("#model=untrained&weights=http://").slice(0, 2)).toEqual(["untrained", undefined]);
    expect(modelOf("#MODEL=IMAGENET-KERAS").slice(0, 1)).toEqual(["imagenet-keras"]);
    expect(modelOf("#model=imagenet–keras.").slice(0, 1)).toEqual(["imagenet-keras"]);
  });

  it("is changed from a model to an address and back", () => {
    const before = initialSettings();
    const mine = changed(before, { weights: "weights/mine/" });
    expect([mine.model, mine.weights]).toEqual([undefined, "weights/mine/"]);
    const back = changed(mine, { model: "untrained" });
    expect([back.model, back.weights]).toEqual(["untrained", undefined]);
    expect(changed(mine, { seed: 7 })).toEqual({ ...mine, seed: 7 });
  });

  it("keeps the good values beside a bad one", () => {
    const { settings, problems } = readLink("#layer=block3_conv1&width=wide&seed=7");
    expect(settings).toMatchObject({ layer: "block3_conv1", seed: 7, width: 150 });
    expect(problems.map(({ key }) => key)).toEqual(["width"]);
  });

  it("names unknown keys", () => {
    const { settings, problems } = readLink("#sede=7");
    expect(settings).toEqual(initialSettings());
    expect(problems[0]?.message).toContain("“sede”");
  });

  it("takes Caffe's scaling in RGB order too", () => {
    expect(readLink("#preprocessing=caffe-rgb")).toMatchObject({
      settings: { preprocessing: "caffe-rgb" },
      problems: [],
    });
  });

  it("names no more than a few of many unknown keys, in one sentence", () => {
    const { problems } = readLink("#a=1&b=1&c=1&d=1&e=1&f=1&g=1&h=1&i=1&j=1&width=0");
    expect(problems).toHaveLength(2);
    expect(problems[0]?.message).toBe(
      "The link says “a”, “b”, “c” and 7 more, which are no settings and are left out.",
    );
    expect(problems[1]?.key).toBe("width");
    expect(readLink("#a=1&b=2&c=3&d=4").problems[0]?.message).toContain("“a”, “b”, “c” and “d”, which");
    expect(readLink("#a=1&b=2").problems[0]?.message).toContain("“a” and “b”, which");
  });

  it("is one line on a page where many values cannot be", () => {
    const bad = "#layer=x&width=x&height=x&seed=x&step=x&pace=1";
    expect(noticeOf(readLink(bad).problems)).toEqual([
      "The link says “pace”, which is no setting and is left out.",
      "The link has no allowed value for “layer”, “width”, “height” and 2 more. The page uses its own values for them.",
    ]);
    expect(noticeOf(readLink("#layer=x&width=x&seed=x").problems)).toHaveLength(3);
  });

  it("checks channels against the layer's width", () => {
    const { settings, problems } = readLink("#layer=block1_conv2&channels=60-70");
    expect(settings.channels).toEqual(initialSettings().channels);
    expect(problems[0]?.message).toContain("no channel 64");
    expect(readLink("#layer=block4_conv1&channels=500-511").problems).toEqual([]);
  });

  it("shortens hostile values and survives broken escapes", () => {
    expect(readLink(`#layer=${"x".repeat(100_000)}`).problems[0]?.message.length).toBeLessThan(400);
    expect(readLink("#layer=%E0%A4%A&%").problems.map(({ key }) => key)).toContain("layer");
  });
});

describe("a link that was changed on its way", () => {
  const meant = { layer: "block3_conv1", channels: [0, 1, 2] };

  it.each([
    "#layer=block3_conv1&amp;channels=0-2",
    "#layer%3Dblock3_conv1%26channels%3D0-2",
    "#layer%3Dblock3_conv1&channels%3D0-2",
    "#layer=block3_conv1&channels=0–2",
    "#layer=block3_conv1&channels=0%E2%80%912",
    ...[".", ")", ">", ",", ").", "…)"].slice(0, 5).map((end) => `#layer=block3_conv1&channels=0-2${end}`),
    "#layer=block3_conv1&%20channels=0-2",
    "#layer=block3%E2%80%8B_conv1&channels=0-2",
    "#LAYER=BLOCK3_CONV1&CHANNELS=0-2",
    "#layer=block3\\_conv1&channels=0-2",
    "#layer=block3conv1&channels=0-2",
    "##layer=block3_conv1&channels=0-2",
    "#%23layer=block3_conv1&channels=0-2",
    "#layer=3Dblock3_conv1&channels=3D0-2",
  ])("%s is read as it was", (link) => {
    expect(readLink(link)).toMatchObject({ settings: meant, problems: [], mended: true });
  });

  it.each([
    ["?layer=block3_conv1&channels=0-2", ""],
    ["?layer=block3_conv1&amp;channels=0-2&fbclid=x&utm_source=y", "?fbclid=x&utm_source=y"],
    ["?controls=none&layer=block3_conv1&channels=0-2.", "?controls=none"],
    ["?layer%3Dblock3_conv1%26channels%3D0-2", ""],
  ])("%s is read where a ? stands for the #, and the rest of the query stays", (query, rest) => {
    expect(readLink("", query)).toMatchObject({ settings: meant, problems: [], mended: true });
    expect(queryBeside(query)).toBe(rest);
  });

  it("counts less in the query than in the fragment, and a query of others' is let be", () => {
    expect(readLink("#layer=block3_conv1", "?layer=block1_conv1&channels=0-2")).toMatchObject({
      settings: meant,
    });
    expect(readLink("", "?fbclid=1&layout=2")).toMatchObject({ problems: [], mended: false });
    expect(queryBeside("?fbclid=1&layout=2")).toBe("?fbclid=1&layout=2");
    expect(readLink("", "?layer=block3_conv1&kanals=0-2").problems.map(({ key }) => key)).toEqual(["kanals"]);
  });

  it.each([
    ["weights", "https://example.org/a)."],
    ["weights", "https://example.org/a–b/"],
    ["weights", "https://example.org/?a=1&amp;layer=block1_conv1&x=%3D"],
    ["weights", "HTTPS://EXAMPLE.ORG/VGG/"],
  ])("is none where %s is %s: an address may be so", (key, value) => {
    const link = `#${new URLSearchParams({ layer: "block3_conv1", channels: "0-2", [key]: value })}`;
    expect(readLink(link)).toMatchObject({
      settings: { ...meant, weights: value },
      problems: [],
      mended: false,
    });
    // Nor does another value that cannot be make it one.
    expect(readLink(`${link}&seed=x`).settings.weights).toBe(value);
  });

  it.each([
    "channels=0-2…",
    "channels=0-1...",
    "iterations=1…",
    "step=2",
    "width=1 5 0",
    "weights=https:",
    "weights=http://",
  ])("%s may have been more than one thing, and is named", (pair) => {
    const { settings, problems, mended } = readLink(`#${pair}`);
    expect(settings).toEqual(initialSettings());
    expect(problems.map(({ key }) => key)).toEqual([pair.split("=")[0]]);
    expect(mended).toBe(false);
  });

  it("takes a key in another spelling only where the key itself is not there", () => {
    const { settings, problems } = readLink("#seed=7&amp;seed=8");
    expect(settings.seed).toBe(7);
    expect(problems.map(({ key }) => key)).toEqual(["amp;seed"]);
  });
});

describe("what is looked at", () => {
  const link = (keys: Record<string, string>) => readLink(`#${new URLSearchParams(keys)}`);

  it("is the whole grid at its newest where the link does not say, and is then not in the link", () => {
    expect(readLink("").view).toEqual(WHOLE_GRID);
    expect(link({ channel: "none", iteration: "newest" })).toMatchObject({ view: WHOLE_GRID, problems: [] });
    expect(writeLink(initialSettings(), WHOLE_GRID)).toBe(writeLink(initialSettings()));
  });

  it.each([
    { channel: 12, iteration: 57, beside: undefined },
    { channel: 0, iteration: 0, beside: {} },
    { channel: 39, iteration: undefined, beside: { step: "adam", learningRate: 0.05 } },
    { channel: undefined, iteration: 100, beside: { weights: "https://example.org/a,b/?c=100%2C:x" } },
  ] as const)("goes through the link: $channel, $iteration, $beside", (view) => {
    expect(readLink(writeLink(initialSettings(), view))).toMatchObject({ view, problems: [] });
  });

  it.each([
    [{ channel: "40" }, "channel", /“40”.*not among the channels 0-39.*Using none/],
    [{ channel: "twelve" }, "channel", /“twelve”.*none, or a whole number from 0 to 511.*Using none/],
    [{ channel: "-1" }, "channel", /Using none/],
    [{ iteration: "101" }, "iteration", /“101”.*takes 100 steps.*from 0 to 100.*Using newest/],
    [
      { beside: "step:fast" },
      "beside",
      /“step:fast”: step is “fast”, allowed: gradient, l2, rms, adam\..*Using none/,
    ],
    [{ beside: "seed:7" }, "beside", /“seed:7” names no setting that may differ/],
    [{ beside: "step:l2,step:rms" }, "beside", /step:rms is there twice/],
    [{ beside: "<script>" }, "beside", /“<script>” names no setting.*Using none/],
    [{ beside: "learning-rate:NaN" }, "beside", /learning-rate is “NaN”, allowed: a number above 0/],
    [{ iteration: "1.5" }, "iteration", /newest, or a whole number from 0 to 10000/],
  ])("names %o, and shows the whole grid instead", (keys, key, said) => {
    const { view, problems } = link(keys);
    expect(view).toEqual(WHOLE_GRID);
    expect(problems.map((problem) => problem.key)).toEqual([key]);
    expect(problems[0]?.message).toMatch(said);
  });
});

it("the other side of a comparison is readable, and knows what differs", () => {
  const beside = { step: "l2", learningRate: 1 } as const;
  expect(writeLink(initialSettings(), { ...WHOLE_GRID, channel: 3, beside })).toMatch(
    /&channel=3&beside=learning-rate:1,step:l2$/,
  );
  expect(differing({ ...beside, startFrom: "noise" }, initialSettings())).toEqual(beside);
});

describe("lists of channels", () => {
  it.each([
    ["0-3", [0, 1, 2, 3]],
    ["1,5,7-9", [1, 5, 7, 8, 9]],
    [" 3 , 1 ", [3, 1]],
    ["0 - 1", [0, 1]],
    ["511", [511]],
  ])("reads %s", (text, channels) => {
    expect(parseChannels(text)).toEqual(channels);
  });

  it.each([
    ["", "neither"],
    ["1,,2", "neither"],
    ["-1", "neither"],
    ["1.5", "neither"],
    ["0x10", "neither"],
    ["9-7", "backwards"],
    ["512", "beyond"],
    ["0-4294967296", "neither"],
    ["0-999999999", "beyond"],
    ["1-3,2", "channel 2 is there twice"],
    [Array(600).fill("0-511").join(","), "more than 512"],
  ])("refuses %.20s", (text, why) => {
    expect(parseChannels(text)).toContain(why);
  });

  it("writes the shortest list, in the same order", () => {
    expect(formatChannels([0, 1, 2, 9, 4, 5])).toBe("0-2,9,4-5");
    expect(formatChannels([7])).toBe("7");
  });
});

it("a control says how large a side can be beside the other", () => {
  const settings = { ...initialSettings(), width: 700, height: 2048 };
  expect(clash("width", settings)).toBe(
    "Width is “700”, which with height 2048 makes 1,433,600 pixels. Allowed: at most 512.",
  );
  expect(clash("height", settings)).toContain("Allowed: at most 1497.");
  expect(clash("width", { ...settings, width: 512 })).toBe("");
  expect(clash("seed", settings)).toBe("");
});
