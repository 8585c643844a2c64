/** Exact images as an .npz: a zip file with one uncompressed NumPy array for each channel. */
import { downloadZip } from "client-zip";
import * as words from "../../../words/writing";
import { npyHeader } from "../shared/npy";
import type { ArraysJob, Stretch } from "../shared/protocol";
import type { Writer } from "./writer";

/** The oldest time that zip files know: the same numbers make the same file. */
const NO_TIME = new Date(1980, 0, 1);

export class Npz implements Writer {
  readonly #job: ArraysJob;
  /** Blobs, which the browser may keep on disk. */
  readonly #arrays = new Map<number, Blob[]>();

  constructor(job: ArraysJob) {
    this.#job = job;
    for (const channel of job.channels) this.#arrays.set(channel, [new Blob([npyHeader(job.shape)])]);
  }

  stretch({ channel, values }: Stretch): void {
    // Every machine that browsers run on is little-endian, as the header says.
    this.#arrays.get(channel)?.push(new Blob([...values]));
  }

  async end(): Promise<Blob> {
    const length = npyHeader(this.#job.shape).length + 4 * this.#job.shape.reduce((a, b) => a * b);
    const files = [...this.#arrays].map(([channel, parts]) => {
      const input = new Blob(parts);
      if (input.size !== length) throw new Error(words.incompleteChannel(channel));
      return { name: `channel_${channel}.npy`, input, lastModified: NO_TIME };
    });
    const zip = await downloadZip(files).blob();
    return new Blob([zip], { type: "application/octet-stream" });
  }
}
