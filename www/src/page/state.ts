/** The page's settings: changed by controls and links, kept in the address, told to whoever listens. */
import { readLink, writeLink } from "../settings/link";
import type { Problem, Settings } from "../settings/table";

type Listener = (settings: Settings, problems: readonly Problem[]) => void;

export class PageState {
  readonly #window: Pick<Window, "location" | "history" | "addEventListener">;
  readonly #listeners: Listener[] = [];
  #settings: Settings;
  #problems: readonly Problem[];

  constructor(page: Pick<Window, "location" | "history" | "addEventListener">) {
    this.#window = page;
    ({ settings: this.#settings, problems: this.#problems } = readLink(page.location.hash));
    // Back, forward, links within the page and hand-written addresses all end here.
    page.addEventListener("hashchange", () => this.#follow());
  }

  get settings(): Settings {
    return this.#settings;
  }

  /** Calls `listener` now and after every change. */
  watch(listener: Listener): void {
    this.#listeners.push(listener);
    listener(this.#settings, this.#problems);
  }

  /** Changes some settings and writes all of them into the link. */
  change(changes: Partial<Settings>): void {
    this.#settings = { ...this.#settings, ...changes };
    this.#problems = [];
    this.#window.history.pushState(null, "", writeLink(this.#settings));
    this.#tell();
  }

  #follow(): void {
    ({ settings: this.#settings, problems: this.#problems } = readLink(this.#window.location.hash));
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.#settings, this.#problems);
  }
}
