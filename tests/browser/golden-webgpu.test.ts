/** Golden climbs of Keras on the WebGPU backend: small ones and few steps, because here a processor plays the graphics processor. */
import { describe, it } from "vitest";
import { cases, comparedSteps } from "./support/golden";
import { goldenStage } from "./support/golden-stage";

/** Layers of all depths and both real and narrow widths. Rounded weights and larger images go through the same kernels. */
const small = cases.filter(({ height, width, f16 }) => height * width <= 32 * 48 && !f16);
const golden = goldenStage("webgpu");

describe.each(small)("$file", (file) => {
  it("takes the float64 gradient's step at each of its own images", async () => {
    const compared = comparedSteps(file).filter((step) => step <= 2);
    await golden.checks(file).followsTheGradient(compared, golden.convolutions(file));
  });
});
