/** The worker's entry: connects a session to this thread's messages and errors. */
import type { Backend } from "../../public/types";
import type { ToWorker } from "../shared/protocol";
import type { ImportModule, WasmModule } from "../shared/wasm-module";
import { Session } from "./session";

/** The few members of a dedicated worker's global scope in use here; the DOM's types describe a window. */
interface WorkerScope extends EventTarget {
  postMessage(message: unknown, transfer: Transferable[]): void;
  /** Left by the Rust side's panic hook. */
  vggscopePanic?: string;
}

const scope = self as unknown as WorkerScope;

/** Only one of the two is ever loaded. */
const WASM: Record<Backend, () => Promise<unknown>> = {
  cpu: () => import("../../wasm/cpu/vggscope.js"),
  webgpu: () => import("../../wasm/gpu/vggscope.js"),
};

const session = new Session({
  loadWasm: async (backend) => (await WASM[backend]()) as WasmModule,
  loadReader: async () => (await import("../../wasm/import/vggscope.js")) as ImportModule,
  post: (message, transfer) => scope.postMessage(message, transfer),
  panic: () => scope.vggscopePanic,
});

scope.addEventListener("message", (event) => session.handle((event as MessageEvent<ToWorker>).data));

// A panic inside an asynchronous wasm call settles no promise: it arrives here and nowhere else.
scope.addEventListener("error", (event) => {
  event.preventDefault();
  session.crash((event as ErrorEvent).error ?? (event as ErrorEvent).message);
});
scope.addEventListener("unhandledrejection", (event) =>
  session.crash((event as PromiseRejectionEvent).reason),
);
