/** Keeps one engine open for as long as model and backend stay the same. */
import type { VggscopeError } from "../public/errors";
import type { OpenOptions, WeightProgress } from "../public/types";
import { Vggscope } from "../public/vggscope";

export type Wanted = Required<Pick<OpenOptions, "weights" | "backend" | "allowFullDownload">>;

interface Opening {
  wanted: Wanted;
  scope: Promise<Vggscope>;
  controller: AbortController;
}

export class ScopeHolder {
  readonly #onProgress: (progress: WeightProgress) => void;
  #opening: Opening | undefined;
  #scope: Vggscope | undefined;

  constructor(onProgress: (progress: WeightProgress) => void) {
    this.#onProgress = onProgress;
  }

  /** The open engine, if there is one. */
  get scope(): Vggscope | undefined {
    return this.#scope;
  }

  async open(wanted: Wanted): Promise<Vggscope> {
    const present = this.#opening;
    const opening = present && same(present.wanted, wanted) ? present : this.#begin(wanted);
    try {
      const scope = await opening.scope;
      if (this.#opening === opening) this.#scope = scope;
      return scope;
    } catch (error) {
      if (this.#opening === opening) this.close();
      throw error;
    }
  }

  /** After an error of the engine itself, or of weights that are others by now, the next `open` makes a new one. */
  dropIfBroken({ code }: VggscopeError): void {
    const broken = ["closed", "compute-failed", "weights-changed"].includes(code);
    if (broken || code.startsWith("engine-")) this.close();
  }

  /** Ends an opening under way; an engine that is open stays. */
  giveUpOpening(): void {
    if (!this.#scope) this.close();
  }

  close(): void {
    this.#opening?.controller.abort();
    void this.#opening?.scope.then((scope) => scope.close()).catch(() => undefined);
    this.#opening = undefined;
    this.#scope = undefined;
  }

  #begin(wanted: Wanted): Opening {
    this.close();
    const controller = new AbortController();
    const options = { ...wanted, onProgress: this.#onProgress, signal: controller.signal };
    this.#opening = { wanted, scope: Vggscope.open(options), controller };
    return this.#opening;
  }
}

function same(one: Wanted, other: Wanted): boolean {
  const { weights, backend, allowFullDownload } = one;
  return (
    weights === other.weights && backend === other.backend && allowFullDownload === other.allowFullDownload
  );
}
