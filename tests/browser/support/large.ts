/** A Keras file that is too large to be fetched whole without asking: a small one, and zeros that no reader minds. */
import { readFile } from "node:fs/promises";
import type { Contents } from "./host/contents";
import { type Mount, underEveryName } from "./mounts";

const SMALL = new URL("../../reference/weights/vgg16_narrow16_tf_kernels_notop.h5", import.meta.url);
export const LARGE_BYTES = 12_000_000;
const PREFIX = "/own/large/";

/** Where pages find it. */
export const LARGE: Mount = underEveryName({
  prefix: PREFIX,
  read: async (path) =>
    path === "vgg16.h5" ? followedByZeros(await readFile(SMALL), LARGE_BYTES) : undefined,
});

let addresses = 0;

/** An address of a test's own. */
export function largeFile(): string {
  return `${PREFIX}${++addresses}/vgg16.h5`;
}

/** Contents of this length that begin so; the rest is made when it is asked for. */
export function followedByZeros(beginning: Buffer, length: number): Contents {
  return {
    length,
    subarray: (start, end) => {
      const bytes = Buffer.alloc(Math.min(end, length) - start);
      beginning.subarray(start, end).copy(bytes);
      return bytes;
    },
  };
}
