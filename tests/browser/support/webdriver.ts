/**
 * W3C WebDriver, as much of it as the tests need: five commands. The libraries of npm bring downloaders of browsers along,
 * 20 MB of them and more, or a hundred packages.
 */
import { setTimeout as after } from "node:timers/promises";
import type { Key } from "./other-page";

/** As WebDriver writes keys that stand for no letter. */
const KEYS: Record<Key, string> = { Home: "\uE011", End: "\uE010", Escape: "\uE00C", Enter: "\uE007" };
/** Longer than any test may take. */
const SCRIPT_MS = 120_000;
/** A driver that was just started may not listen yet. */
const START_MS = 20_000;

/** A script that runs this function's text in the page, and tells apart what it gave and how it failed. */
const running = (work: string) => `
  const [given, answer] = arguments;
  const failed = (error) => answer({ failed: String(error) + (error?.stack ?? "") });
  Promise.resolve().then(() => (${work})(...given)).then((value) => answer({ value }), failed);
`;

export class WebDriver {
  readonly #address: string;

  private constructor(address: string) {
    this.#address = address;
  }

  /** Opens a window by the driver at this address, with capabilities of its own kind. */
  static async connect(driver: string, capabilities: Readonly<Record<string, unknown>>): Promise<WebDriver> {
    await listening(driver);
    const timeouts = { script: SCRIPT_MS };
    const wanted = { capabilities: { alwaysMatch: { ...capabilities, timeouts } } };
    const { sessionId } = (await command("POST", `${driver}/session`, wanted)) as { sessionId: string };
    return new WebDriver(`${driver}/session/${sessionId}`);
  }

  async goto(url: string): Promise<void> {
    await this.#post("url", { url });
  }

  async evaluate<Given extends readonly unknown[], Found>(
    work: (...given: Given) => Found | Promise<Found>,
    given: Given,
  ): Promise<Found> {
    const answer = await this.#post("execute/async", { script: running(String(work)), args: [given] });
    const { failed, value } = answer as { failed?: string; value: Found };
    if (failed !== undefined) throw new Error(failed);
    return value;
  }

  async click(selector: string): Promise<void> {
    const found = await this.#post("element", { using: "css selector", value: selector });
    const [element] = Object.values(found as Record<string, string>);
    await this.#post(`element/${element}/click`, {});
  }

  async press(key: Key): Promise<void> {
    const actions = ["keyDown", "keyUp"].map((type) => ({ type, value: KEYS[key] }));
    await this.#post("actions", { actions: [{ type: "key", id: "keyboard", actions }] });
  }

  async end(): Promise<void> {
    await command("DELETE", this.#address);
  }

  #post(what: string, body: object): Promise<unknown> {
    return command("POST", `${this.#address}/${what}`, body);
  }
}

async function command(method: string, address: string, body?: object): Promise<unknown> {
  const response = await fetch(address, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { value: { error?: string; message?: string } };
  if (!response.ok) throw new Error(`${method} ${address}: ${value.error}: ${value.message}`);
  return value;
}

async function listening(driver: string): Promise<void> {
  const until = performance.now() + START_MS;
  while (
    !(await fetch(`${driver}/status`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (performance.now() > until) throw new Error(`no WebDriver answers at ${driver}`);
    await after(20);
  }
}
