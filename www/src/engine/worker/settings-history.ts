/** The settings that a run's steps were taken with: those of the order, and those that it was changed to on its way. */
import type { StepChange } from "../shared/protocol";
import type { AscentSettings } from "../shared/wasm-module";

interface Period {
  /** Steps taken before this one's settings. */
  after: number;
  settings: AscentSettings;
}

export class SettingsHistory {
  readonly #periods: Period[];

  constructor(settings: AscentSettings) {
    this.#periods = [{ after: 0, settings }];
  }

  /** The settings of the next step. */
  get newest(): AscentSettings {
    return this.#last.settings;
  }

  /** The settings of the step to this iterate. */
  at(iteration: number): AscentSettings {
    return this.#period(iteration).settings;
  }

  /** Other settings from here on: whether any differs. */
  change(after: number, change: StepChange): boolean {
    const { settings } = this.#last;
    const changed = { ...settings, ...change };
    if (changed.step === settings.step && changed.learningRate === settings.learningRate) return false;
    if (this.#last.after === after) this.#periods.pop();
    this.#periods.push({ after, settings: changed });
    return true;
  }

  /**
   * Where computing an iterate again may begin at the latest. Adam remembers every step since its settings began, so only
   * there; any other rule goes on from any image.
   */
  latestStart(iteration: number): number {
    const { after, settings } = this.#period(iteration);
    return settings.step === "adam" ? after : iteration - 1;
  }

  get #last(): Period {
    return this.#period(Number.POSITIVE_INFINITY);
  }

  #period(iteration: number): Period {
    const period = this.#periods.findLast(({ after }) => after < iteration) ?? this.#periods[0];
    if (!period) throw new Error("settings begin with a period");
    return period;
  }
}
