/**
 * The page's settings: changed by controls and links, kept in the address, told to whoever listens. A weight file from
 * disk takes the place of the link's weights, but no link can carry it.
 */
import { readLink, writeLink } from "../settings/link";
import type { Problem, Settings } from "../settings/table";

type Listener = (settings: Settings, problems: readonly Problem[]) => void;

export class PageState {
  readonly #window: Pick<Window, "location" | "history" | "addEventListener">;
  readonly #listeners: Listener[] = [];
  #settings: Settings;
  #problems: readonly Problem[];
  #file: File | undefined;

  constructor(page: Pick<Window, "location" | "history" | "addEventListener">) {
    this.#window = page;
    ({ settings: this.#settings, problems: this.#problems } = readLink(page.location.hash));
    // Back, forward, links within the page and hand-written addresses all end here.
    page.addEventListener("hashchange", () => this.#follow());
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** The weight file from disk, where one is open instead of the link's weights. */
  get file(): File | undefined {
    return this.#file;
  }

  /** Calls `listener` now and after every change. */
  watch(listener: Listener): void {
    this.#listeners.push(listener);
    listener(this.#settings, this.#problems);
  }

  /** Opens a file in place of the link's weights, until other weights are chosen. */
  openFile(file: File): void {
    this.#file = file;
    this.#problems = [];
    this.#tell();
  }

  /** Changes some settings and writes all of them into the link. */
  change(changes: Partial<Settings>): void {
    if (changes.weights !== undefined) this.#file = undefined;
    this.#settings = { ...this.#settings, ...changes };
    this.#problems = [];
    this.#window.history.pushState(null, "", writeLink(this.#settings));
    this.#tell();
  }

  #follow(): void {
    const { weights } = this.#settings;
    ({ settings: this.#settings, problems: this.#problems } = readLink(this.#window.location.hash));
    if (this.#settings.weights !== weights) this.#file = undefined;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.#settings, this.#problems);
  }
}
