import type { IterateFacts, Run, ScopeState, VggScopeEventMap } from "./types";
import type { Vggscope } from "./vggscope";

/**
 * `<vgg-scope>`: a grid of channels that climb by themselves. Attributes: `weights`, `backend`, `layer`,
 * `channels`, `width`, `height`, `iterations`, `learning-rate`, `step`, `preprocessing`, `start` (`noise` or `grey`), `seed`, `keep` (`last`, or `all`
 * to read every iterate again), and `controls` (`basic`, a button and a line of progress; or `none`). `weights` is a
 * folder's or a file's address. Changing one starts the grid afresh; the pictures stay until there are new ones. It dispatches {@link VggScopeEventMap} and
 * carries its state in `data-state`.
 */
export interface VggScopeElement extends HTMLElement {
  readonly state: ScopeState;
  /** The engine in use, once it is open. */
  readonly scope: Vggscope | undefined;
  /** The run on screen, once it climbs; its kept iterates can be read, also after it has ended, until the next start. */
  readonly run: Run<IterateFacts> | undefined;
  /** A weight file to use instead of the attribute `weights`. Setting it starts the grid afresh. */
  file: File | Blob | null;
  /** An image to start every channel from, height * width * 3 values, instead of the attribute `start`. Setting it starts the grid afresh. */
  startImage: Float32Array | null;
  /** Whether a file that can only be had whole may be fetched without asking the reader. Setting it starts the grid afresh. */
  allowFullDownload: boolean;
  /** Starts afresh, also after an error. */
  start(): void;
  /** Ends the run; the pictures stay. */
  stop(): void;
  /**
   * Waits where the pictures stand, until `resume`. Meanwhile the attributes `learning-rate`, `step` and `iterations` start
   * nothing: the run goes on with them.
   */
  pause(): void;
  /** Goes on after `pause`. */
  resume(): void;
  /**
   * Shows this iterate on every tile, 0 being the start, or a tile's newest where it has not come so far; `Infinity`, as
   * at first, shows the newest. Stays for later runs. Needs `keep="all"`.
   */
  show(iteration: number): void;
  addEventListener<K extends keyof (HTMLElementEventMap & VggScopeEventMap)>(
    type: K,
    listener: (this: VggScopeElement, event: (HTMLElementEventMap & VggScopeEventMap)[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "vgg-scope": VggScopeElement;
  }
}
