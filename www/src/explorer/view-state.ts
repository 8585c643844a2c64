/** What is looked at, as those need it who show it and change it: in the page it is in the address as well. */
import type { Settings } from "../settings/table";
import { type View, WHOLE_GRID } from "../settings/view";

export interface ViewState {
  readonly settings: Settings;
  /** Calls `listener` now and after every change of what is looked at. */
  watchView(listener: (view: View) => void): void;
  /** Looks at something else. */
  look(changes: Partial<View>): void;
  /** Looks at the whole grid again, at the iterate that it showed when a channel was opened. */
  close(): void;
  /** Notes where a movement came to rest. */
  rest(changes: Partial<View>): void;
}

/** The state of an element in somebody else's page, whose address is not ours to write. */
export class LocalView implements ViewState {
  readonly #listeners: ((view: View) => void)[] = [];
  #view = WHOLE_GRID;
  #before: View["iteration"];
  #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Of a new run; what was looked at belonged to the one before. */
  begin(settings: Settings, iteration: number | undefined): void {
    this.#settings = settings;
    this.look({ channel: undefined, iteration });
  }

  watchView(listener: (view: View) => void): void {
    this.#listeners.push(listener);
    listener(this.#view);
  }

  look(changes: Partial<View>): void {
    if (this.#view.channel === undefined) this.#before = this.#view.iteration;
    this.#view = { ...this.#view, ...changes };
    for (const listener of this.#listeners) listener(this.#view);
  }

  close(): void {
    this.look({ channel: undefined, iteration: this.#before });
  }

  rest(changes: Partial<View>): void {
    this.look(changes);
  }
}
