/** What the engine takes from the browser: its wasm, its workers, its cores and its graphics. */

import { VggscopeError } from "../public/errors";
import type { Backend } from "../public/types";
import * as words from "../words/errors";
import type { AdapterSource } from "./backend";
import { explained } from "./site-version";
import { spawn } from "./spawn";
import { wasmAddress } from "./wasm-address";
import workerUrl from "./worker/worker?worker&url";
import type { Explain, WorkerLike } from "./worker-link";

export interface Platform {
  readonly gpu: AdapterSource | undefined;
  readonly cores: number;
  /** Bytes of this device's main memory, as far as the browser tells. */
  readonly memory: number;
  /** Folder that holds vggscope.js. */
  readonly siteRoot: string;
  compile(backend: Backend, signal?: AbortSignal): Promise<WebAssembly.Module>;
  createWorker(): WorkerLike;
  explain: Explain;
}

/** Firefox and Safari do not tell. Few computers have less; phones that have less mostly run a browser that tells. */
const USUAL_GIBIBYTES = 4;

export const browser: Platform = {
  get gpu() {
    return navigator.gpu;
  },
  get cores() {
    return navigator.hardwareConcurrency;
  },
  get memory() {
    return (deviceMemory(navigator) ?? USUAL_GIBIBYTES) * 2 ** 30;
  },
  siteRoot: __SITE_ROOT__,
  compile: (backend, signal) => compile(wasmAddress(backend), signal),
  createWorker: () => spawn(new URL(workerUrl, import.meta.url)),
  explain: explained,
};

/** The same, with this backend's wasm on its way. */
export function withWasmAhead(platform: Platform, backend: Backend, signal?: AbortSignal): Platform {
  const wasm = platform.compile(backend, signal);
  // Nobody waits for it where there is nothing to open.
  wasm.catch(() => undefined);
  return { ...platform, compile: () => wasm };
}

/** Chromium's, on pages of https: a power of two. */
function deviceMemory(navigator: Navigator & { readonly deviceMemory?: number }): number | undefined {
  return navigator.deviceMemory;
}

async function compile(url: URL, signal: AbortSignal | undefined): Promise<WebAssembly.Module> {
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok) throw new Error(words.httpStatus(response.status));
    // Compiling on the way needs the right MIME type, which some hosts do not send.
    if (response.headers.get("content-type")?.startsWith("application/wasm")) {
      return await WebAssembly.compileStreaming(response);
    }
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (cause) {
    const error = new VggscopeError("engine-unavailable", words.wasmNotLoaded(url.href, cause), { cause });
    throw signal?.aborted ? error : await explained(error);
  }
}
