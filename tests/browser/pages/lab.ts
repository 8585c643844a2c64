/**
 * The public JavaScript API at the tests' disposal: what crosses from the page to the test is plain data. `?library=`
 * names another address of vggscope.js.
 */
import type {
  AscendOptions,
  ErrorCode,
  IterateFacts,
  OpenOptions,
  Vggscope,
} from "../../../www/src/vggscope";

type Library = typeof import("../../../www/src/vggscope");

/** An iterate as the run gave it; picture and pixels only where they were asked for. */
export type Taken = Omit<IterateFacts, "pixels"> & { rgba?: Uint8ClampedArray; pixels?: Float32Array };

/** What went wrong, as far as it can cross over. */
export interface Refusal {
  /** Of this library's own error class. */
  own: boolean;
  code: ErrorCode;
  message: string;
}

export class Lab {
  readonly library: Library;
  readonly #scopes: Vggscope[] = [];

  constructor(library: Library) {
    this.library = library;
  }

  /** Opens a scope; resolves to its number here. */
  async open(options: OpenOptions): Promise<number> {
    return this.#scopes.push(await this.library.Vggscope.open(options)) - 1;
  }

  scope(number: number): Vggscope {
    const scope = this.#scopes[number];
    if (!scope) throw new Error(`no scope ${number} is open`);
    return scope;
  }

  /** Every iterate of a run, those of the iterations in `whole` with picture and pixels. */
  async climb(scope: number, options: AscendOptions, whole: readonly number[]): Promise<Taken[]> {
    const taken: Taken[] = [];
    for await (const { pixels, rgba, ...facts } of this.scope(scope).ascend(options)) {
      taken.push(whole.includes(facts.iteration) ? { ...facts, rgba, pixels: await pixels() } : facts);
    }
    return taken;
  }

  /** How `work` fails; undefined when it does not. */
  async refusal(work: () => unknown): Promise<Refusal | undefined> {
    try {
      await work();
      return undefined;
    } catch (error) {
      const { code, message } = error as { code: ErrorCode; message: string };
      return { own: error instanceof this.library.VggscopeError, code, message };
    }
  }
}

declare global {
  var inPage: Lab;
}

const address = new URLSearchParams(location.search).get("library") ?? "/vggscope.js";
globalThis.inPage = new Lab((await import(address)) as Library);
