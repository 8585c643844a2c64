/** Files as people have them: each opens with the numbers of the reference network, or is refused by what it is. */
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MOUNTS, stage, WEIGHTS } from "./support/fixture";
import { LabPage } from "./support/lab";
import { reference, underEveryName } from "./support/mounts";
import { ScopePage } from "./support/scope-page";

const PEOPLE = "/people/";
const set = stage({ mounts: [underEveryName(reference(PEOPLE, "people")), ...MOUNTS] });

/** Those that are refused: by which code, and what is said. */
const REFUSED: Record<string, [code: string, words: RegExp]> = {
  "small-cnn-no-vgg16.h5": ["weights-other-network", /four 3 x 3 convolutions|4 convolutions|convolutions/],
  "two-vgg16-branches.h5": ["weights-several-networks", /network=NAME/],
  "vgg16_bn.safetensors": ["weights-other-network", /VGG16.*batch normalisation/],
  "vgg16_weights.npz": ["weights-numpy-archive", /safetensors\.numpy\.save_file/],
  "vgg19-keras-names.safetensors": ["weights-other-network", /VGG19/],
  "vgg19-torchvision.safetensors": ["weights-other-network", /VGG19/],
  "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5": ["weights-other-network", /VGG19/],
  "whole-model.pth": ["weights-whole-model", /torch\.save\(model\.state_dict\(\)/],
};
/** Those of whose names something is assumed. */
const ASSUMED = ["conv1_1-names.safetensors", "features-module.safetensors", "ssd-vgg.safetensors"];

const files = readdirSync(new URL("../reference/people/", import.meta.url));
let visits = 0;
const address = (name: string) => `${PEOPLE}${++visits}/${name}`;

let lab: LabPage;
let picture: string;

beforeAll(async () => {
  lab = await LabPage.open(set);
  ({ picture } = await lab.attempt({ weights: WEIGHTS.narrow }));
});
afterAll(() => expect(lab.errors).toEqual([]));

it("there are twenty of them", () => {
  expect(files).toHaveLength(20);
  expect(Object.keys(REFUSED).every((name) => files.includes(name))).toBe(true);
});

describe.each(files)("%s", (name) => {
  it.each(["from disk", "by its address"])("%s it opens, or is refused by what it is", async (way) => {
    const from = address(name);
    const weights = way === "from disk" ? ({ from, as: "File", name } as const) : from;
    const { refusal, picture: found, model } = await lab.attempt({ weights });
    const [code, words] = REFUSED[name] ?? [];
    expect(refusal?.code).toBe(code);
    if (words) {
      expect(refusal?.message).toMatch(words);
      expect(refusal?.message).toContain(name);
      return;
    }
    expect(found).toBe(picture);
    expect(model?.origin.preprocessingGuessed).toBe(true);
    if (ASSUMED.includes(name)) expect(model?.origin.assumed).toMatch(/ taken for /);
  });
});

it("of two networks in one file the one that is named opens, and the page says what it guessed", async () => {
  const link = {
    backend: "cpu",
    layer: "block2_conv1",
    channels: "0-3",
    width: "16",
    height: "16",
    iterations: "2",
  };
  const weights = address("two-vgg16-branches.h5");
  const page = await ScopePage.visit(set, { ...link, weights });
  await page.reaches("error");
  const [message] = await page.messages();
  expect(message).toMatchObject({ code: "weights-several-networks" });
  const [, names = ""] = /VGG16s: ([^;]+);/.exec(message?.text ?? "") ?? [];
  const [first = "", second = ""] = names.split(", ");
  expect(second.length).toBeGreaterThan(0);
  for (const network of [first, second]) {
    await page.link({ ...link, weights, network });
    await page.reaches("finished");
    expect(await page.messages()).toEqual([]);
    expect(await page.page.locator("#model-notes").innerText()).toContain("is a guess");
  }
  await page.link({ ...link, weights, network: "third" });
  await page.reaches("error");
  expect((await page.messages())[0]).toMatchObject({ code: "weights-no-such-network" });
  await page.close();
});
