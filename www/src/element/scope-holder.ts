/** Keeps hold of one engine for as long as model and backend stay the same; elements that want the same share it. */

import { Vggscope } from "../api/vggscope";
import type { VggscopeError } from "../public/errors";
import type { WeightProgress } from "../public/types";
import { type Lease, SharedScopes, same, type Wanted } from "./shared-scopes";

/** Of all elements on the page. */
const scopes = new SharedScopes<Vggscope>((options) => Vggscope.open(options));

export class ScopeHolder {
  readonly #onProgress: (progress: WeightProgress) => void;
  #lease: Lease<Vggscope> | undefined;
  #scope: Vggscope | undefined;

  constructor(onProgress: (progress: WeightProgress) => void) {
    this.#onProgress = onProgress;
  }

  /** The open engine, if there is one. */
  get scope(): Vggscope | undefined {
    return this.#scope;
  }

  async open(wanted: Wanted): Promise<Vggscope> {
    const present = this.#lease;
    const lease = present?.current && same(present.wanted, wanted) ? present : this.#begin(wanted);
    try {
      const scope = await lease.scope;
      if (this.#lease === lease) this.#scope = scope;
      return scope;
    } catch (error) {
      if (this.#lease === lease) this.close();
      throw error;
    }
  }

  /** After an error of the engine itself, or of weights that are others by now, the next `open` makes a new one. */
  dropIfBroken({ code }: VggscopeError): void {
    const broken = ["closed", "compute-failed", "weights-changed"].includes(code);
    if (!broken && !code.startsWith("engine-")) return;
    this.#lease?.spoil();
    this.close();
  }

  /** Ends an opening under way, unless others wait for it; an engine that is open stays. */
  giveUpOpening(): void {
    if (!this.#scope) this.close();
  }

  close(): void {
    this.#lease?.release();
    this.#lease = undefined;
    this.#scope = undefined;
  }

  #begin(wanted: Wanted): Lease<Vggscope> {
    this.close();
    this.#lease = scopes.lease(wanted, this.#onProgress);
    return this.#lease;
  }
}
