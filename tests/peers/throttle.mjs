// A slow line to the server: what comes back shares one bandwidth, whoever in the browser asked, workers too.

import { connect, createServer } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** Small enough to arrive evenly. */
const PIECE = 8192;

/** Resolves once it listens to its origin, the bytes let through so far, and a `close` function. */
export async function throttle(port, bitsPerSecond) {
  const line = new Line(bitsPerSecond / 8 / 1000);
  const server = createServer((browser) => {
    const upstream = connect(port, "127.0.0.1");
    // Not a pipeline: the server may hang up while what it sent is still on its way.
    browser.pipe(upstream);
    // The browser may hang up at any time.
    pipeline(upstream, (answer) => line.slow(answer), browser).catch(() => undefined);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    bytes: () => line.bytes,
    close: () => server.close(),
  };
}

class Line {
  bytes = 0;
  #bytesPerMs;
  #free = 0;

  constructor(bytesPerMs) {
    this.#bytesPerMs = bytesPerMs;
  }

  async *slow(stream) {
    for await (const chunk of stream) {
      for (let at = 0; at < chunk.length; at += PIECE) {
        const piece = chunk.subarray(at, at + PIECE);
        this.bytes += piece.length;
        this.#free = Math.max(this.#free, performance.now()) + piece.length / this.#bytesPerMs;
        await sleep(this.#free - performance.now());
        yield piece;
      }
    }
  }
}
