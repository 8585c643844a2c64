// Those who take part: opened together, told apart from those who cannot run here and why.

import { Browser } from "./browser.mjs";
import { openNative } from "./native.mjs";
import { CONTESTANTS } from "./plan.mjs";

export class Contestants {
  /** By name: what answers `climb`. */
  open = new Map();
  /** By name: label, version and device; of those who cannot run here, why not. */
  about = {};
  browserVersion;
  #browser;

  /** Opens the contestants of these names; the site lies at `origin`. */
  static async gather(names, origin) {
    const contestants = new Contestants();
    try {
      for (const name of names) await contestants.#join(name, origin);
    } catch (error) {
      await contestants.close();
      throw error;
    }
    return contestants;
  }

  async close() {
    for (const contestant of this.open.values()) await contestant.close();
    await this.#browser?.close();
  }

  async #join(name, origin) {
    const entry = CONTESTANTS[name];
    try {
      const contestant = entry.page ? await (await this.#pages(origin)).open(entry) : await openNative(entry);
      this.open.set(name, contestant);
      this.about[name] = { label: entry.label, ...contestant.about };
    } catch (error) {
      this.about[name] = { label: entry.label, unavailable: error.message };
    }
  }

  async #pages(origin) {
    this.#browser ??= await Browser.launch(origin);
    this.browserVersion = this.#browser.version;
    return this.#browser;
  }
}
