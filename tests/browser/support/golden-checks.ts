/** What is done with each golden file. Mirrors the native golden tests, through the public JavaScript API. */
import { expect } from "vitest";
import type { Backend } from "../../../www/src/public/types";
import type { Taken } from "../pages/lab";
import {
  farthest,
  minus,
  nearlySameBytes,
  norm,
  relative,
  relativeL2,
  samePicture,
  sha256,
  squash,
  within,
} from "./compare";
import type { Convolution } from "./generated-weights";
import { type Case, climbOf, Golden } from "./golden";
import { type LabPage, type Whole, whole } from "./lab";
import { evaluate } from "./reference-network";
import { randomImage } from "./splitmix";
import { type Tolerances, tolerancesOf } from "./tolerances";

/**
 * With so large a learning rate the way moved dwarfs the start, and little of the gradient is lost in rounding; a
 * power of two, so that scaling by it is exact.
 */
const FAR = 2 ** 20;

/** Iterations whose images the golden files hold. */
const STORED = [1, 2, 10, 100];

export class GoldenChecks {
  readonly #lab: LabPage;
  readonly #scope: number;
  readonly #backend: Backend;
  readonly #case: Case;
  readonly #golden: Golden;
  readonly #tolerances: Tolerances;

  /** The scope must have the case's weights open, on this backend. */
  constructor(lab: LabPage, scope: number, backend: Backend, goldenCase: Case) {
    this.#lab = lab;
    this.#scope = scope;
    this.#backend = backend;
    this.#case = goldenCase;
    this.#golden = new Golden(goldenCase);
    this.#tolerances = tolerancesOf(goldenCase);
  }

  start(): Float32Array {
    const { image_seed: seed, height, width, image0_sha256: golden } = this.#case;
    const start = randomImage(seed, height, width);
    expect(sha256(start), "sha256 of the start image").toBe(golden);
    return start;
  }

  /** Whether the file holds a gradient at all. */
  static hasGradients(goldenCase: Case): boolean {
    return new Golden(goldenCase).has("grad0");
  }

  /** The gradient at the start and, where the file has it, deep in the run: at the stored tenth iterate. */
  async gradients(): Promise<void> {
    await this.#gradientAt("the start", this.start(), "grad0");
    if (!this.#golden.has("grad_10")) return;
    const objective = await this.#gradientAt("iterate 10", this.#golden.f32("iter_10"), "grad_10");
    const [golden = Number.NaN] = this.#golden.f64("objective_at_iter_10");
    within("objective at iterate 10", relative(objective, golden), this.#tolerances.firstObjective);
  }

  /** Objectives, images and pictures of the first `steps` steps. */
  async climb(steps = this.#case.steps): Promise<void> {
    // One step more than stored: its objective is that of the last stored image.
    const options = { ...climbOf(this.#case), iterations: steps + 1 };
    const iterates = await this.#lab.climb(this.#scope, options, STORED);
    expect(iterates.map(({ iteration }) => iteration)).toEqual(iterates.map((_, index) => index + 1));
    expect(iterates).toHaveLength(steps + 1);
    for (const { dead, constant, finite } of iterates)
      expect({ dead, constant, finite }).toEqual({ dead: false, constant: false, finite: true });
    this.#objectives(iterates);
    for (const iterate of iterates) this.#image(iterate);
  }

  /**
   * Each of the first `steps` steps moves along the float64 gradient at its own start, and is as long as the rule says:
   * a check all along the run that one flipped decision, which sends two runs apart, does not upset.
   */
  async followsTheGradient(steps: number, convolutions: readonly Convolution[]): Promise<void> {
    const iterations = Array.from({ length: steps }, (_, index) => index + 1);
    const options = { ...climbOf(this.#case), iterations: steps };
    let before = this.start();
    for (const { iteration, pixels, objective } of (
      await this.#lab.climb(this.#scope, options, iterations)
    ).map(whole)) {
      const truth = evaluate(convolutions, this.#case.channel, before, this.#case.height, this.#case.scaling);
      within(`objective ${iteration - 1} at its own image`, relative(objective, truth.objective), 1e-5);
      const rate = this.#case.rule === "l2" ? this.#case.lr / norm(truth.gradient) : this.#case.lr;
      const way = truth.gradient.map((slope) => slope * rate);
      // Rounding the new image to 32 bits loses up to 2^-24 of it; the gradient itself has its own tolerance.
      const rounding = (2 ** -24 * norm(pixels)) / norm(way);
      within(`step ${iteration}`, relativeL2(minus(pixels, before), way), 1e-5 + rounding);
      before = pixels;
    }
  }

  /** A dead channel: objective 0, gradient exactly 0, the image as it started. */
  async nothingMoves(steps: number): Promise<void> {
    const start = this.start();
    const options = { ...climbOf(this.#case), iterations: steps };
    const iterates = await this.#lab.climb(this.#scope, options, [1, steps]);
    expect(iterates).toHaveLength(steps);
    for (const { dead, objective, gradientNorm } of iterates)
      expect({ dead, objective, gradientNorm }).toEqual({ dead: true, objective: 0, gradientNorm: 0 });
    for (const { pixels } of [iterates[0], iterates.at(-1)].map(whole))
      expect(sha256(pixels), "sha256 of a dead channel's image").toBe(sha256(start));
  }

  /** With a learning rate of 0 a stored image comes back as its own squash. */
  async storedPictures(): Promise<void> {
    const stored = STORED.filter(
      (step) => this.#golden.has(`iter_${step}`) && this.#golden.has(`rgba_${step}`),
    );
    expect(stored.length).toBeGreaterThan(0);
    for (const step of stored) {
      const start = this.#golden.f32(`iter_${step}`);
      const { pixels, rgba } = await this.#oneStep(start, 0);
      expect(sha256(pixels)).toBe(sha256(start));
      samePicture(
        `picture of stored iterate ${step}`,
        this.#backend,
        rgba,
        this.#golden.bytes(`rgba_${step}`),
      );
    }
  }

  /** Resolves to the objective there. */
  async #gradientAt(what: string, start: Float32Array, name: string): Promise<number> {
    const golden = this.#golden.f32(name);
    // The sum is rounded to 2^-24 of its size, and the way moved is the gradient times FAR; so the rounding is at
    // most 2^-24 (1 + |start| / |FAR gradient|) of the gradient, a hundredth of the tolerance when this holds.
    expect(norm(start) / (FAR * norm(golden)), `${what}: start over way moved`).toBeLessThan(0.5);
    const { pixels, objective, gradientNorm } = await this.#oneStep(start, FAR);
    const gradient = minus(pixels, start).map((way) => way / FAR);
    within(`gradient at ${what}`, relativeL2(gradient, golden), this.#tolerances.gradient);
    within(
      `norm of the gradient at ${what}`,
      relative(gradientNorm, norm(golden)),
      this.#tolerances.gradient,
    );
    return objective;
  }

  async #oneStep(start: Float32Array, learningRate: number): Promise<Whole> {
    const options = { ...climbOf(this.#case), step: "gradient", start, learningRate, iterations: 1 } as const;
    const [iterate] = await this.#lab.climb(this.#scope, options, [1]);
    return whole(iterate);
  }

  #objectives(iterates: readonly Taken[]): void {
    const golden = this.#golden.f64("objective");
    for (const { iteration, objective } of iterates) {
      const step = iteration - 1;
      const tolerance = this.#objectiveTolerance(step);
      if (tolerance === undefined) continue;
      within(`objective ${step}`, relative(objective, golden[step] ?? Number.NaN), tolerance);
    }
  }

  #objectiveTolerance(step: number): number | undefined {
    if (step === 0) return this.#tolerances.firstObjective;
    if (step <= 10) return this.#tolerances.earlyObjectives;
    return step === this.#case.steps ? this.#tolerances.lastObjective : undefined;
  }

  #image(iterate: Taken): void {
    if (!iterate.pixels || !iterate.rgba) return;
    const { iteration, pixels, rgba } = iterate;
    samePicture(`picture of iterate ${iteration}`, this.#backend, rgba, squash(pixels));
    if (!this.#golden.has(`iter_${iteration}`)) return;
    const golden = this.#golden.f32(`iter_${iteration}`);
    if (iteration === 1) this.#firstStep(pixels, rgba, golden);
    const { iterate2, iterate10, iterate100 } = this.#tolerances;
    const tolerance = { 2: iterate2, 10: iterate10, 100: iterate100 }[iteration];
    if (tolerance !== undefined) within(`iterate ${iteration}`, relativeL2(pixels, golden), tolerance);
  }

  #firstStep(pixels: Float32Array, rgba: Uint8ClampedArray, golden: Float32Array): void {
    const start = this.start();
    within("iterate 1", farthest(pixels, golden), this.#tolerances.iterate1);
    const way = relativeL2(minus(pixels, start), minus(golden, start));
    within("displacement of iterate 1", way, this.#tolerances.displacement1);
    if (this.#golden.has("rgba_1"))
      nearlySameBytes("picture of iterate 1", rgba, this.#golden.bytes("rgba_1"));
  }
}
