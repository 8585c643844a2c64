/** Every kind of file that people have of VGG16: from disk and by its address it gives the pictures of its weights. */
import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Outcome } from "./pages/lab";
import { MOUNTS, own, stage, WEIGHTS } from "./support/fixture";
import { type Convolution, generate } from "./support/generated-weights";
import { LabPage } from "./support/lab";
import { folder } from "./support/mounts";

const NARROW = { seed: 11, divisor: 16, upTo: "block5_conv3" };
const TWIN = { seed: 3, divisor: 32, upTo: "block5_conv3" };

/** Weights that some files hold: those of the generator in fewer bits. */
const ROUNDED = "/bf16-rounded/";
const CUT = "/bf16-cut/";

const set = stage({
  mounts: [
    folder(ROUNDED, () => inBfloat16(generate(NARROW), (bits) => bits + 0x7fff + ((bits >>> 16) & 1))),
    folder(CUT, () => inBfloat16(generate(TWIN), (bits) => bits)),
    ...MOUNTS,
  ],
});

/** Which folder's pictures a file's must equal; the others hold the narrow weights as the generator makes them. */
const OTHERS: Record<string, string> = {
  "vgg16_narrow16_f16.safetensors": WEIGHTS.narrowHalf,
  "vgg16_narrow16_f16.pth": WEIGHTS.narrowHalf,
  "vgg16_narrow16_bf16.pth": ROUNDED,
};
const TRUNCATED = "vgg16_trunc_block3_conv1_tf_kernels_notop.h5";
/** Kept out by the page, which sends people to the converter. */
const ONNX = /\.onnx(\.data)?$/;

const files = readdirSync(new URL("../reference/weights/", import.meta.url));
const narrow = files.filter((name) => /\.\w+$/.test(name) && !ONNX.test(name) && name !== TRUNCATED);

let lab: LabPage;
const pictures = new Map<string, string>();

beforeAll(async () => {
  lab = await LabPage.open(set);
  for (const weights of [WEIGHTS.narrow, WEIGHTS.narrowHalf, ROUNDED, CUT]) {
    const { picture, alive } = await lab.attempt({ weights });
    expect(alive).toBeGreaterThan(0);
    pictures.set(weights, picture);
  }
  // Otherwise equal pictures would prove nothing.
  expect(new Set(pictures.values()).size).toBe(4);
});

afterAll(() => expect(lab.errors).toEqual([]));

it("there is something of every format", () => {
  const endings = new Set(narrow.map((name) => name.slice(name.lastIndexOf("."))));
  expect(endings).toEqual(new Set([".h5", ".pth", ".safetensors"]));
  expect(narrow.length).toBeGreaterThanOrEqual(20);
});

describe.each(narrow)("%s", (name) => {
  const expected = () => pictures.get(OTHERS[name] ?? WEIGHTS.narrow);
  const format = name.endsWith(".h5") ? "Keras HDF5" : name.endsWith(".pth") ? "PyTorch" : "safetensors";

  it("from disk", async () => {
    const outcome = await lab.attempt({ weights: { from: own.file(name), as: "File", name } });
    shows(outcome, expected());
    expect(outcome.model?.origin).toMatchObject({ kind: "local-file", address: name, format });
    expect(outcome.bytesFetched).toBe(0);
  });

  it("by its address", async () => {
    const weights = own.file(name);
    const outcome = await lab.attempt({ weights, allowFullDownload: true });
    shows(outcome, expected());
    const address = set.site.origin + weights;
    expect(outcome.model?.origin).toMatchObject({ kind: "remote-file", address, format });
    expect(outcome.bytesFetched).toBe(set.site.sentUnder(weights));
  });
});

it.each(["Blob", "ArrayBuffer"] as const)("%s serves as well as a file", async (as) => {
  for (const name of ["vgg16_narrow16.safetensors", "vgg16_narrow16.weights.h5", "vgg16_narrow16.pth"]) {
    const outcome = await lab.attempt({ weights: { from: own.file(name), as, name: "" } });
    shows(outcome, pictures.get(WEIGHTS.narrow));
    expect(outcome.model?.origin.address).toBe("the given bytes");
  }
});

it("a folder of shards without checksums", async () => {
  const weights = own.file("vgg16_narrow16_sharded/");
  shows(await lab.attempt({ weights }), pictures.get(WEIGHTS.narrow));
});

it("a file that ends at block3_conv1 gives that layer and names the first one it lacks", async () => {
  const weights = { from: own.file(TRUNCATED), as: "File", name: TRUNCATED } as const;
  const climb = { layer: "block3_conv1" };
  const outcome = await lab.attempt({ weights, climb });
  shows(outcome, (await lab.attempt({ weights: WEIGHTS.full, climb })).picture);
  expect(outcome.model?.layers.filter(({ inModel }) => inModel).at(-1)?.name).toBe("block3_conv1");
  const { refusal } = await lab.attempt({ weights, climb: { layer: "block3_conv2" } });
  expect(refusal).toMatchObject({ own: true, code: "layer-not-in-model" });
  expect(refusal?.message).toContain("block3_conv2");
});

it("a file of bfloat16 is widened exactly", async () => {
  const name = "dtype_bf16.safetensors";
  const weights = { from: own.bad(name), as: "File", name } as const;
  shows(await lab.attempt({ weights }), pictures.get(CUT));
});

it.each(files.filter((name) => name.endsWith(".onnx")))(
  "%s: the message names formats that work",
  async (name) => {
    const { refusal } = await lab.attempt({ weights: { from: own.file(name), as: "File", name } });
    expect(refusal).toMatchObject({ own: true, code: "weights-unknown-format" });
    expect(refusal?.message).toContain(name);
  },
);

function shows({ refusal, picture }: Outcome, expected: string | undefined): void {
  expect(refusal).toBeUndefined();
  expect(picture).toBe(expected);
}

/** Every number with the upper half of the bits that `round` leaves. */
function inBfloat16(convolutions: Convolution[], round: (bits: number) => number): Convolution[] {
  const shorten = (values: Float32Array) => {
    const bits = new Uint32Array(values.slice().buffer).map((word) => (round(word) & 0xffff0000) >>> 0);
    return new Float32Array(bits.buffer);
  };
  return convolutions.map((convolution) => ({
    ...convolution,
    kernel: shorten(convolution.kernel),
    bias: shorten(convolution.bias),
  }));
}
