/**
 * Which kernels suit the graphics adapter. They are measured once it has nothing else to do, and this browser keeps what
 * was found for the next visit: within one, an iterate that is computed again must have the same bits.
 */
import type { AdapterInfo } from "../../public/types";
import type { WasmDevice } from "../shared/wasm-module";

/** Of another name once kernels change, since others may suit then. */
const NAME = "vggscope-kernels-1";

const SLICES = "slices";

export class Kernels {
  readonly #device: WasmDevice;
  readonly #address: string;
  #measured: boolean;

  /** Chooses what an earlier visit found, or else what suits most adapters of that kind. */
  static async choose(device: WasmDevice, adapter: AdapterInfo): Promise<Kernels> {
    const address = addressOf(adapter);
    const found = await read(address);
    device.setSlices?.(found ?? !adapter.isFallback);
    // A software adapter has no units to spare.
    return new Kernels(device, address, found !== undefined || adapter.isFallback);
  }

  private constructor(device: WasmDevice, address: string, measured: boolean) {
    this.#device = device;
    this.#address = address;
    this.#measured = measured;
  }

  /** Finds out what the next visit will choose, where no visit has. */
  async measure(): Promise<void> {
    if (this.#measured) return;
    this.#measured = true;
    const slices = await this.#device.measureSlices?.(() => performance.now());
    if (slices !== undefined) await write(this.#address, slices);
  }
}

/** A cache's keys are addresses; this one is nobody's. */
function addressOf({ vendor, architecture, description }: AdapterInfo): string {
  const adapter = new URLSearchParams({ vendor, architecture, description });
  return `https://adapter.invalid/?${adapter}`;
}

async function read(address: string): Promise<boolean | undefined> {
  try {
    const kept = await (await caches.open(NAME)).match(address);
    return kept && (await kept.text()) === SLICES;
  } catch {
    // No browser must keep anything.
    return undefined;
  }
}

/** Where the browser keeps nothing, the next visit measures again. */
async function write(address: string, slices: boolean): Promise<void> {
  try {
    await (await caches.open(NAME)).put(address, new Response(slices ? SLICES : "whole"));
  } catch {
    // It may not, or there is no room.
  }
}
