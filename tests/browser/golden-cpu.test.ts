/** Every golden climb of Keras, through the JavaScript API on the CPU backend. */
import { describe, it } from "vitest";
import { cases, comparedSteps } from "./support/golden";
import { goldenStage } from "./support/golden-stage";

const golden = goldenStage("cpu");

describe.each(cases.filter(({ dead }) => !dead))("$file", (file) => {
  it("takes the float64 gradient's step at each of its own images", async () => {
    await golden.checks(file).followsTheGradient(comparedSteps(file), golden.convolutions(file));
  });

  it("pictures the stored iterates exactly", () => golden.checks(file).storedPictures());
});

it.each(cases.filter(({ dead }) => dead))("$file stands still for 10 steps", async (file) => {
  await golden.checks(file).nothingMoves(10);
});

it.each(cases.filter(({ file }) => /^(narrow_|block1_conv2_c57|block3_conv1_c98).*_plain_/.test(file)))(
  "the float64 network that $file is held to is Keras's",
  (file) => golden.checks(file).truthIsGolden(golden.convolutions(file)),
);
