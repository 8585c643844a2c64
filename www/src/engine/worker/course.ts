/** The settings that a run's steps were taken with: those of the order, and those that it was changed to on its way. */
import type { StepChange } from "../shared/protocol";
import type { AscentSettings } from "../shared/wasm-module";

interface Leg {
  /** Steps taken before this one's settings. */
  after: number;
  settings: AscentSettings;
}

export class Course {
  readonly #legs: Leg[];

  constructor(settings: AscentSettings) {
    this.#legs = [{ after: 0, settings }];
  }

  /** The settings of the next step. */
  get settings(): AscentSettings {
    return this.#last.settings;
  }

  /** The settings of the step to this iterate. */
  to(iteration: number): AscentSettings {
    return this.#leg(iteration).settings;
  }

  /** Other settings from here on: whether any differs. */
  turn(after: number, turn: StepChange): boolean {
    const { settings } = this.#last;
    const changed = { ...settings, ...turn };
    if (changed.step === settings.step && changed.learningRate === settings.learningRate) return false;
    if (this.#last.after === after) this.#legs.pop();
    this.#legs.push({ after, settings: changed });
    return true;
  }

  /**
   * Where computing an iterate again may begin at the latest. Adam remembers every step since its settings began, so only
   * there; any other rule goes on from any image.
   */
  latestStart(iteration: number): number {
    const { after, settings } = this.#leg(iteration);
    return settings.step === "adam" ? after : iteration - 1;
  }

  get #last(): Leg {
    return this.#leg(Number.POSITIVE_INFINITY);
  }

  #leg(iteration: number): Leg {
    const leg = this.#legs.findLast(({ after }) => after < iteration) ?? this.#legs[0];
    if (!leg) throw new Error("a course has a leg");
    return leg;
  }
}
