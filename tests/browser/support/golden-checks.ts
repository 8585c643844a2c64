/** What is done with each golden file. Mirrors the native golden tests, through the public JavaScript API. */
import { expect } from "vitest";
import type { Backend } from "../../../www/src/public/types";
import {
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
import { type Case, climbOf, Golden, goldenCase } from "./golden";
import { type LabPage, type Whole, whole } from "./lab";
import { evaluate } from "./reference-network";
import { randomImage, SplitMix64 } from "./splitmix";
import { DOUBLE, SINGLE } from "./tolerances";

/** Iterations whose images the golden files hold. */
const STORED = [1, 2, 10, 100];

/** Images moved by rounding that are tried where a decision was a tie. */
const RUNS = 32;

/** Objective and gradient in double precision. */
interface Truth {
  objective: number;
  gradient: ArrayLike<number>;
}

export class GoldenChecks {
  readonly #lab: LabPage;
  readonly #scope: number;
  readonly #backend: Backend;
  readonly #case: Case;
  readonly #golden: Golden;

  /** The scope must have the case's weights open, on this backend. */
  constructor(lab: LabPage, scope: number, backend: Backend, goldenCase: Case) {
    this.#lab = lab;
    this.#scope = scope;
    this.#backend = backend;
    this.#case = goldenCase;
    this.#golden = new Golden(goldenCase);
  }

  start(): Float32Array {
    const { image_seed: seed, height, width, image0_sha256: golden } = this.#case;
    const start = randomImage(seed, height, width);
    expect(sha256(start), "sha256 of the start image").toBe(golden);
    return start;
  }

  /** The plain float64 network that later steps are held to is Keras's, at the start and at the stored tenth iterate. */
  truthIsGolden(convolutions: readonly Convolution[]): void {
    const [objective = Number.NaN] = this.#golden.f64("objective_at_iter_10");
    const pairs = [
      { at: "the start", image: this.start(), golden: this.#goldenStart() },
      {
        at: "iterate 10",
        image: this.#golden.f32("iter_10"),
        golden: { objective, gradient: this.#golden.f32("grad_10") },
      },
    ];
    for (const { at, image, golden } of pairs) {
      const truth = this.#evaluate(convolutions, image);
      within(`objective at ${at}`, relative(truth.objective, golden.objective), DOUBLE.objective);
      within(`gradient at ${at}`, relativeL2(truth.gradient, golden.gradient), DOUBLE.gradient);
    }
  }

  /**
   * Along the whole climb each step compared has the float64 objective and gradient of the image that it began at, and moves
   * along that gradient as far as the rule says. A flipped decision, which sends two runs apart, does not upset that.
   */
  async followsTheGradient(compared: readonly number[], convolutions: readonly Convolution[]): Promise<void> {
    const wanted = compared.flatMap((step) => [step - 1, step]);
    const options = { ...climbOf(this.#case), iterations: Math.max(...compared) };
    const iterates = await this.#lab.climb(this.#scope, options, wanted);
    expect(iterates.map(({ iteration }) => iteration)).toEqual(iterates.map((_, index) => index + 1));
    for (const { dead, constant, finite } of iterates)
      expect({ dead, constant, finite }).toEqual({ dead: false, constant: false, finite: true });
    for (const step of compared) {
      const before = step === 1 ? this.start() : whole(iterates[step - 2]).pixels;
      await this.#step(before, whole(iterates[step - 1]), convolutions);
    }
  }

  async #step(before: Float32Array, after: Whole, convolutions: readonly Convolution[]): Promise<void> {
    const { rule, lr } = this.#case;
    const { iteration, pixels, rgba, objective } = after;
    const first = iteration === 1 ? this.#goldenStart() : this.#evaluate(convolutions, before);
    within(`objective before step ${iteration}`, relative(objective, first.objective), SINGLE.objective);

    // So large a rate that the way dwarfs the image, and a power of two: little is lost where the sum is rounded.
    const far = 2 ** Math.ceil(Math.log2((8 * norm(before)) / norm(first.gradient)));
    const { pixels: away, gradientNorm } = await this.#oneStep(before, far);
    const gradient = minus(away, before).map((way) => way / far);
    const truth = this.#nearest(gradient, first, before, convolutions);
    const length = norm(truth.gradient);
    within(`gradient before step ${iteration}`, relativeL2(gradient, truth.gradient), SINGLE.gradient);
    within(`its norm before step ${iteration}`, relative(gradientNorm, length), SINGLE.gradient);

    const rate = rule === "l2" ? lr / length : lr;
    const way = Float64Array.from(truth.gradient, (slope) => slope * rate);
    // Rounding the new image to 32 bits moves it by up to 2^-24 of each of its values.
    const rounding = (2 ** -24 * norm(pixels)) / norm(way);
    within(`way of step ${iteration}`, relativeL2(minus(pixels, before), way), SINGLE.gradient + rounding);
    samePicture(`picture of iterate ${iteration}`, this.#backend, rgba, squash(pixels));
    if (this.#golden.has("rgba_1") && iteration === 1)
      nearlySameBytes("golden picture of iterate 1", rgba, this.#golden.bytes("rgba_1"));
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

  /**
   * The gradient depends on the image through the decisions of ReLU and pooling alone, and single precision may take one
   * the other way that is a tie to it. So where the gradient is not that of the image, it must be that of an image
   * moved by no more than rounding.
   */
  #nearest(
    gradient: Float64Array,
    first: Truth,
    image: Float32Array,
    convolutions: readonly Convolution[],
  ): Truth {
    let nearest = first;
    for (let run = 1; run <= RUNS; run++) {
      if (relativeL2(gradient, nearest.gradient) <= SINGLE.gradient) break;
      const other = this.#evaluate(convolutions, moved(image, run));
      if (relativeL2(gradient, other.gradient) < relativeL2(gradient, nearest.gradient)) nearest = other;
    }
    return nearest;
  }

  #evaluate(convolutions: readonly Convolution[], image: Float32Array): Truth {
    const { channel, height, scaling } = this.#case;
    return evaluate(convolutions, channel, image, height, scaling);
  }

  /** What Keras found at the start. Above 64 x 64 the gradient stands in the file of the plain rule alone. */
  #goldenStart(): Truth {
    const [objective = Number.NaN] = this.#golden.f64("objective");
    const plain = this.#case.file.replace("_l2_", "_plain_").replace(/\.safetensors$/, "");
    const file = this.#golden.has("grad0") ? this.#golden : new Golden(goldenCase(plain));
    return { objective, gradient: file.f32("grad0") };
  }

  async #oneStep(start: Float32Array, learningRate: number): Promise<Whole> {
    const options = { ...climbOf(this.#case), step: "gradient", start, learningRate, iterations: 1 } as const;
    const [iterate] = await this.#lab.climb(this.#scope, options, [1]);
    return whole(iterate);
  }
}

/** An image moved by rounding noise, in the runs by turns of 1 to 16 times the half of a last bit of its typical value. */
function moved(image: Float32Array, run: number): Float32Array {
  const size = (norm(image) / Math.sqrt(image.length)) * 2 ** ((run % 5) - 24);
  const generator = new SplitMix64(run);
  return image.map((value) => value + (2 * generator.unit() - 1) * size);
}
