/** The golden files' weights, open on one backend for the tests of a file. */
import { afterAll, beforeAll, expect } from "vitest";
import type { Backend } from "../../../www/src/public/types";
import { stage, WEIGHTS } from "./fixture";
import { type Convolution, generate } from "./generated-weights";
import type { Case } from "./golden";
import { GoldenChecks } from "./golden-checks";
import { toHalf } from "./half";
import { LabPage } from "./lab";

export interface GoldenStage {
  checks(file: Case): GoldenChecks;
  /** The weights that this climb was computed with, up to its layer. */
  convolutions(file: Case): readonly Convolution[];
}

export function goldenStage(backend: Backend): GoldenStage {
  const set = stage();
  const scopes = new Map<string, number>();
  const made = new Map<string, readonly Convolution[]>();
  let lab: LabPage;
  beforeAll(async () => {
    lab = await LabPage.open(set);
    for (const weights of Object.values(WEIGHTS)) scopes.set(weights, await lab.scope({ weights, backend }));
  });
  afterAll(() => expect(lab.errors).toEqual([]));
  return {
    checks: (file) => new GoldenChecks(lab, scopes.get(weightsOf(file)) ?? -1, backend, file),
    convolutions: (file) => {
      const key = `${weightsOf(file)} ${file.layer}`;
      const convolutions = made.get(key) ?? generateFor(file);
      made.set(key, convolutions);
      return convolutions;
    },
  };
}

function weightsOf({ div, f16 }: Case): string {
  if (div === 1) return WEIGHTS.full;
  return f16 ? WEIGHTS.narrowHalf : WEIGHTS.narrow;
}

function generateFor({ weights_seed: seed, div: divisor, layer: upTo, f16 }: Case): Convolution[] {
  const convolutions = generate({ seed, divisor, upTo });
  if (!f16) return convolutions;
  return convolutions.map(({ kernel, bias, ...rest }) => ({
    ...rest,
    kernel: kernel.map(toHalf),
    bias: bias.map(toHalf),
  }));
}
