/** A page of a browser that is not Chromium, as far as tests handle one: Firefox and WebKit are driven by other protocols. */
import { spawnSync } from "node:child_process";

/** Keys by the names that KeyboardEvent has for them. */
export type Key = "Home" | "End" | "Escape" | "Enter";

export interface OtherPage {
  /** Runs the function in the page, so it stands alone; its promise is waited for. Plain data goes in and comes out. */
  evaluate<Given extends readonly unknown[], Found>(
    work: (...given: Given) => Found | Promise<Found>,
    ...given: Given
  ): Promise<Found>;
  /** Presses the first element that the selector finds, as a pointer does. */
  click(selector: string): Promise<void>;
  /** Presses a key where the focus is. */
  press(key: Key): Promise<void>;
  close(): Promise<void>;
}

export interface OtherBrowser {
  open(address: string): Promise<OtherPage>;
  close(): Promise<void>;
}

/** A browser of which a machine may have none. */
export interface Engine {
  /** Its programs; undefined: there is none. */
  found: boolean;
  launch(): Promise<OtherBrowser>;
}

/** The first of these programs that is there. */
export function program(...names: readonly string[]): string | undefined {
  const which = (name: string) => spawnSync("which", [name], { encoding: "utf8" }).stdout.trim();
  return names.map(which).find(Boolean);
}
