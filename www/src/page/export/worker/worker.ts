/** The worker's entry: takes one job's orders in turn, and answers each. What a format needs is loaded when it is asked for. */
import type { Answer, Job, Order } from "../shared/protocol";
import type { Writer } from "./writer";

/** The few members of a dedicated worker's global scope in use here; the DOM's types describe a window. */
interface WorkerScope extends EventTarget {
  postMessage(message: Answer): void;
}

const scope = self as unknown as WorkerScope;
let writer: Writer | undefined;
let queue: Promise<void> = Promise.resolve();

async function open(job: Job): Promise<Writer> {
  switch (job.kind) {
    case "npz":
      return new (await import("./npz")).Npz(job);
    case "png":
      return new (await import("./png")).Png(job);
    case "gif":
      return new (await import("./gif")).Gif(job);
    default:
      return (await import("./video")).openVideo(job.kind, job);
  }
}

async function obey(order: Order): Promise<Blob | undefined> {
  if (order.kind === "begin") writer = await open(order.job);
  else if (order.kind === "frame") await writer?.frame?.(order.frame);
  else if (order.kind === "stretch") writer?.stretch?.(order.stretch);
  else return writer?.end();
  return undefined;
}

async function answer(order: Order): Promise<void> {
  try {
    const file = await obey(order);
    scope.postMessage({ kind: "done", ...(file && { file, wordless: writer?.wordless === true }) });
  } catch (error) {
    const code = writer ? "compute-failed" : "engine-unavailable";
    scope.postMessage({
      kind: "failed",
      code,
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

scope.addEventListener("message", (event) => {
  queue = queue.then(() => answer((event as MessageEvent<Order>).data));
});
