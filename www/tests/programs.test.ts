/** The programs that the page writes: each is what it was when it was last read, whole and well formed. */

import { createRequire } from "node:module";
import { beforeAll, expect, it } from "vitest";
import { Language, type Node, Parser } from "web-tree-sitter";
import { LAYERS } from "../src/basics/vgg16";
import { algorithm } from "../src/page/code/algorithm";
import { kerasProgram } from "../src/page/code/keras";
import { CONVERTED, type Program, type Weights, weightsOf } from "../src/page/code/program";
import { pytorchProgram } from "../src/page/code/pytorch";
import { rProgram } from "../src/page/code/r";
import type { StepRule } from "../src/public/types";
import { initialSettings } from "../src/settings/table";

const NOTES: Program = {
  ...initialSettings(),
  layer: "block3_conv1",
  weights: { kind: "folder", address: "https://example.org/vggscope/weights/demo/" },
  shown: 100,
  link: "https://example.org/vggscope/#layer=block3_conv1",
};
const RULES: readonly StepRule[] = ["gradient", "l2", "rms", "adam"];
const SCALINGS = ["none", "caffe", "torch", "caffe-rgb"] as const;
const WEIGHTS: readonly Weights[] = [
  NOTES.weights,
  { kind: "keras" },
  { kind: "keras-file", name: 'my "best" \\ weights.h5' },
];

let parser: Parser;

beforeAll(async () => {
  await Parser.init();
  parser = new Parser();
  const grammar = createRequire(import.meta.url).resolve("@eagleoutice/tree-sitter-r/tree-sitter-r.wasm");
  parser.setLanguage(await Language.load(grammar));
});

/** Places that the grammar of R has no room for, each with what is around it. */
function errorsIn(program: string): string[] {
  const tree = parser.parse(program);
  const wrong = tree ? [...brokenIn(tree.rootNode)] : ["nothing was parsed"];
  tree?.delete();
  return wrong;
}

function* brokenIn(node: Node): Generator<string> {
  if (node.isError || node.isMissing)
    yield `${node.startPosition.row + 1}: ${node.type}, ${node.text.slice(0, 80)}`;
  if (node.hasError) for (const child of node.children) if (child) yield* brokenIn(child);
}

it("the programs for the notes' second figure are the golden ones", async () => {
  await expect(rProgram(NOTES)).toMatchFileSnapshot("programs/notes.R");
  await expect(kerasProgram(NOTES)).toMatchFileSnapshot("programs/notes-keras.py");
  await expect(pytorchProgram(NOTES)).toMatchFileSnapshot("programs/notes-pytorch.py");
});

it("the grammar finds what is wrong with R", () => {
  expect(errorsIn("f <- function(x) { x + }")).not.toEqual([]);
  expect(errorsIn("x <- 'open")).not.toEqual([]);
});

it.each(RULES)("R parses under the rule %s, with every scaling and source of weights", (step) => {
  for (const preprocessing of SCALINGS)
    for (const weights of WEIGHTS)
      for (const channels of [[0], [3, 4, 5], [1, 9]]) {
        const program = rProgram({ ...NOTES, step, preprocessing, weights, channels });
        expect(errorsIn(program)).toEqual([]);
        expect(program).not.toMatch(/undefined|NaN|\n{3}/);
      }
});

it("every layer is there, poolings too, and every start", () => {
  for (const { name } of LAYERS) {
    const program = { ...NOTES, layer: name };
    expect(errorsIn(rProgram(program))).toEqual([]);
    const network = pytorchProgram(program)
      .match(/NETWORK = \[\n([^\]]*)\]/)?.[1]
      ?.trim()
      .split("\n");
    expect(network?.at(-1)).toContain(name.endsWith("pool") ? "None," : `"${name}"`);
  }
  const torchvision = (layer: string) =>
    pytorchProgram({ ...NOTES, layer, weights: { kind: "torchvision" } });
  expect(torchvision("block1_pool")).toContain("vgg16.features[:5]");
  expect(torchvision("block5_pool")).toContain("vgg16.features[:31]");
  const grey = { ...NOTES, startFrom: "grey" } as const;
  for (const program of [kerasProgram(grey), pytorchProgram(grey)])
    expect(program).toContain("0.5, np.float32");
  expect(rProgram(grey)).toContain("array(0.5");
  expect(errorsIn(rProgram(grey))).toEqual([]);
  const picture = { ...NOTES, picture: 'a "b"\n.png' };
  expect(kerasProgram(picture)).toContain('# The page starts from the picture "a \\"b\\"\\n.png"');
  expect(errorsIn(rProgram(picture))).toEqual([]);
});

it("R counts channels from 1, Python from 0", () => {
  const some = { ...NOTES, channels: [0, 7, 8] };
  expect(rProgram(some)).toContain("channels <- c(1, 8, 9)");
  expect(kerasProgram(some)).toContain("CHANNELS = [0, 7, 8]");
  expect(rProgram({ ...NOTES, channels: [4, 5, 6] })).toContain("channels <- 5:7");
  expect(pytorchProgram({ ...NOTES, channels: [4, 5, 6] })).toContain("CHANNELS = list(range(4, 7))");
});

it("weights come from what each library reads, or from a folder that is made of it", () => {
  const from = (kind: "folder" | "remote-file" | "local-file", address: string, source = "") => ({
    origin: { kind, address, format: "", preprocessingGuessed: false, assumed: "", notKept: false },
    source,
  });
  const both = (origin: Parameters<typeof weightsOf>[0]) => [
    weightsOf(origin, "keras"),
    weightsOf(origin, "torch"),
  ];
  const folder = { kind: "folder", address: "https://example.org/w/" };
  const converted = { kind: "folder", address: CONVERTED };
  expect(both(from("folder", "https://example.org/w/"))).toEqual([folder, folder]);
  expect(both(from("local-file", "vgg16-397923af.pth"))).toEqual([converted, { kind: "torchvision" }]);
  const notop = "https://example.org/vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5";
  expect(both(from("remote-file", notop))).toEqual([{ kind: "keras" }, { ...converted, madeOf: notop }]);
  expect(both(from("local-file", "mine.h5"))).toEqual([{ kind: "keras-file", name: "mine.h5" }, converted]);
  expect(both(from("local-file", "mine.safetensors"))).toEqual([converted, converted]);
  // A hub's copy of torchvision's weights, at the address that the hub sent the reader on to.
  const hub = "https://huggingface.co/timm/vgg16.tv_in1k/resolve/main/model.safetensors";
  const signed = "https://cas.example/xet/57b02691?X-Signature=a";
  expect(both(from("remote-file", signed, hub))).toEqual([
    { ...converted, madeOf: hub },
    { kind: "torchvision" },
  ]);
  expect(kerasProgram({ ...NOTES, weights: { kind: "keras" } })).toContain(
    "VGG16(weights=WEIGHTS, include_top=False)",
  );
  expect(pytorchProgram({ ...NOTES, weights: { kind: "torchvision" } })).toContain("vgg16.features[:12]");
});

it("a folder's signature is behind the name of each file, and a file's is no part of its name", () => {
  const signed = { kind: "folder", address: "https://example.org/w/?token=a" } as const;
  const program = { ...NOTES, weights: signed };
  expect(pytorchProgram(program)).toContain('urlopen(WEIGHTS.replace("?", name + "?", 1))');
  expect(kerasProgram(program)).toContain('WEIGHTS = "https://example.org/w/?token=a"');
  expect(rProgram(program)).toContain('path <- sub("?", paste0(name, "?"), weights, fixed = TRUE)');
  expect(errorsIn(rProgram(program))).toEqual([]);
  const address = "https://example.org/vgg16-397923af.pth?token=a/b";
  const origin = {
    kind: "remote-file",
    address,
    format: "",
    preprocessingGuessed: false,
    assumed: "",
    notKept: false,
  } as const;
  expect(weightsOf({ origin, source: "" }, "torch")).toEqual({ kind: "torchvision" });
});

it("nothing that a link or a file name holds ends a string or a comment", () => {
  const nasty = '"""\'\n#\\';
  const program = { ...NOTES, weights: { kind: "keras-file", name: nasty } as const };
  expect(kerasProgram(program)).toContain('WEIGHTS = "\\"\\"\\"\'\\n#\\\\"');
  expect(errorsIn(rProgram(program))).toEqual([]);
});

it("the algorithm has five lines with the current values", () => {
  const lines = algorithm({ ...NOTES, channels: [12], downsampling: 4 });
  expect(lines.map(({ formula }) => formula)).toEqual([
    "x ~ U[0, 1), 150 × 150 × 3",
    "a(x) = mean ReLU(block3_conv1(x))[12]",
    "g = ∂a(x) / ∂x",
    "x ← x + 10 · g",
    "repeat 100 ×, show (x − min x) / (max x − min x)",
  ]);
  expect(lines[1]?.meaning).toContain("37 × 37 positions");
  const formulas = RULES.map((step) => algorithm({ ...NOTES, step, downsampling: 4 })[3]?.formula);
  expect(new Set(formulas).size).toBe(4);
});
