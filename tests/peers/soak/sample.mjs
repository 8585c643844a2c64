// What there is at one moment, once nothing is left that could be collected.

import { ownBytes } from "../processes.mjs";

/** Has every worker know which drawing contexts it has: only a worker itself can tell. */
export function watchContexts(page) {
  const patch = (worker) =>
    worker.evaluate(() => {
      globalThis.contexts ??= [];
      const { getContext } = OffscreenCanvas.prototype;
      OffscreenCanvas.prototype.getContext = function (...kinds) {
        const context = getContext.apply(this, kinds);
        if (context && !globalThis.contexts.some((known) => known.deref() === context))
          globalThis.contexts.push(new WeakRef(context));
        return context;
      };
    });
  // A worker may be gone before it hears.
  page.on("worker", (worker) => patch(worker).catch(() => undefined));
}

/**
 * Has the browser's debugger keep no bodies of answers. Playwright turns that on for each page: the wasm of every engine that opens
 * stays in the renderer, 1.5 MB each time and up to 100 MB, until the page is left. It has no option for it, and its version is exact.
 */
async function keepNoBodies(page) {
  const client = page._connection.toImpl(page).delegate._mainFrameSession._client;
  await client.send("Network.enable", { maxTotalBufferSize: 1, maxResourceBufferSize: 1 });
}

export class Sampler {
  #page;
  #session;

  constructor(page, session) {
    this.#page = page;
    this.#session = session;
  }

  static async of(page) {
    await keepNoBodies(page);
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable");
    return new Sampler(page, session);
  }

  /** Bytes that the browser's processes wrote, bytes of the page's heap, and numbers of what should not grow. */
  async take() {
    await this.#collect();
    const {
      nodes,
      jsEventListeners: listeners,
      documents,
    } = await this.#session.send("Memory.getDOMCounters");
    const { metrics } = await this.#session.send("Performance.getMetrics");
    const heap = metrics.find(({ name }) => name === "JSHeapUsedSize").value;
    const workers = this.#page.workers();
    const contexts = await Promise.all(workers.map((worker) => worker.evaluate(living)));
    return {
      bytes: ownBytes(),
      heap,
      workers: workers.length,
      canvases: await this.#count("HTMLCanvasElement"),
      contexts: contexts.reduce((total, count) => total + count, 0),
      documents,
      nodes,
      listeners,
    };
  }

  /** Some things let go of others only when they are collected, and the allocator gives memory back a little later. */
  async #collect() {
    for (let time = 0; time < 3; time++) {
      await this.#session.send("HeapProfiler.collectGarbage");
      await Promise.all(this.#page.workers().map((worker) => worker.evaluate(() => globalThis.gc?.())));
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }

  /** Living objects of a kind, in the document or not. */
  async #count(kind) {
    const { result } = await this.#session.send("Runtime.evaluate", { expression: `${kind}.prototype` });
    const found = await this.#session.send("Runtime.queryObjects", { prototypeObjectId: result.objectId });
    const length = await this.#session.send("Runtime.callFunctionOn", {
      objectId: found.objects.objectId,
      functionDeclaration: "function () { return this.length; }",
      returnByValue: true,
    });
    await this.#session.send("Runtime.releaseObject", { objectId: found.objects.objectId });
    return length.result.value;
  }
}

/** In a worker. */
function living() {
  return (globalThis.contexts ?? []).filter((context) => context.deref()).length;
}
