/** Keeps one engine open for as long as model and backend stay the same. */
import type { VggscopeError } from "../public/errors";
import type { OpenOptions, WeightProgress } from "../public/types";
import { Vggscope } from "../public/vggscope";

type Wanted = Pick<OpenOptions, "weights" | "backend">;

export class ScopeHolder {
  readonly #onProgress: (progress: WeightProgress) => void;
  #key = "";
  #opening: Promise<Vggscope> | undefined;
  #scope: Vggscope | undefined;

  constructor(onProgress: (progress: WeightProgress) => void) {
    this.#onProgress = onProgress;
  }

  /** The open engine, if there is one. */
  get scope(): Vggscope | undefined {
    return this.#scope;
  }

  async open({ weights, backend }: Wanted): Promise<Vggscope> {
    const key = JSON.stringify([weights, backend]);
    if (key !== this.#key) this.close();
    this.#key = key;
    this.#opening ??= Vggscope.open({ weights, backend, onProgress: this.#onProgress });
    const opening = this.#opening;
    try {
      const scope = await opening;
      if (this.#opening === opening) this.#scope = scope;
      return scope;
    } catch (error) {
      if (this.#opening === opening) this.close();
      throw error;
    }
  }

  /** After an error of the engine itself the next `open` makes a new one. */
  dropIfBroken({ code }: VggscopeError): void {
    if (code.startsWith("engine-") || code === "closed" || code === "compute-failed") this.close();
  }

  close(): void {
    void this.#opening?.then((scope) => scope.close()).catch(() => undefined);
    this.#opening = undefined;
    this.#scope = undefined;
    this.#key = "";
  }
}
