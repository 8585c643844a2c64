/** Where the wasm of each backend lies. */
import type { Backend } from "../public/types";
import cpuWasmUrl from "../wasm/cpu/vggscope_bg.wasm?url";
import gpuWasmUrl from "../wasm/gpu/vggscope_bg.wasm?url";

const ADDRESSES: Record<Backend, string> = { cpu: cpuWasmUrl, webgpu: gpuWasmUrl };

export function wasmAddress(backend: Backend): URL {
  return new URL(ADDRESSES[backend], import.meta.url);
}
