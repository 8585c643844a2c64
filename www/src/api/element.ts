import type {
  Backend,
  IterateFacts,
  Preprocessing,
  Run,
  ScopeState,
  StepRule,
  VggScopeEventMap,
} from "../public/types";
import type { Vggscope } from "./vggscope";

/** The settings of `<vgg-scope>` as properties; each reads and writes its attribute. `null` takes the attribute away. */
export interface ElementSettings {
  /** The id of a model of the site's catalogue. Default: the catalogue's default. */
  model: string | undefined;
  /** A folder's or a file's address, in place of `model`. Default: none. */
  weights: string | undefined;
  /** Which of several VGG16s in a file is meant, by its name. Default: the only one. */
  network: string | undefined;
  /** `block1_conv1` to `block5_conv3`. Default `block1_conv2`. */
  layer: string;
  /** Counted from 0; as an attribute such as `0-39` or `1,5,7-9`. Default: the first 40. */
  channels: readonly number[];
  /** Pixels. Default 150. */
  width: number;
  /** Pixels. Default 150. */
  height: number;
  /** Steps. Default 100. */
  iterations: number;
  /** Attribute `learning-rate`. Default 10. */
  learningRate: number;
  /** Default `gradient`. */
  step: StepRule;
  /** Default `none`. */
  preprocessing: Preprocessing;
  /** Attribute `start`. Default `noise`. */
  startFrom: "noise" | "grey";
  /** Default 436. */
  seed: number;
  /** Default `auto`. */
  backend: "auto" | Backend;
}

/**
 * `<vgg-scope>`: a grid of channels that climb by themselves. Its attributes are {@link ElementSettings} and:
 *
 * | attribute | value |
 * |---|---|
 * | `controls` | `minimal` (default): a button and a line of progress; `full`: a player too, and pictures open to be seen closely; `none` |
 * | `loading` | `lazy` (default): nothing is fetched or computed before the element comes near the screen; `eager` |
 * | `poster` | address of a picture to show until there are pictures, and instead of them where memory is short or an error comes first |
 * | `iteration` | the iterate to show: `newest` (default), or 0, the start, to `iterations` |
 * | `keep` | `last`, or `all` to show and read every iterate again; `all` with full controls or an `iteration` |
 *
 * What stands between its tags is shown like a poster, and where scripting is off. Changing a setting starts the grid
 * afresh; the pictures stay until there are new ones. Elements that want the same weights on the same backend share one
 * engine. It dispatches {@link VggScopeEventMap} and carries its state in `data-state`.
 */
export interface VggScopeElement extends HTMLElement, ElementSettings {
  readonly state: ScopeState;
  /** The engine in use, once it is open; other elements may use it too. */
  readonly scope: Vggscope | undefined;
  /** The run on screen, once it climbs; its kept iterates can be read, also after it has ended, until the next start. */
  readonly run: Run<IterateFacts> | undefined;
  /** A weight file to use instead of the attribute `weights`. Setting it starts the grid afresh. */
  file: File | Blob | null;
  /** An image to start every channel from, height * width * 3 values, instead of the attribute `start`. Setting it starts the grid afresh. */
  startImage: Float32Array | null;
  /** Whether large downloads may be fetched without asking the reader: see {@link OpenOptions.allowFullDownload}. Setting it starts the grid afresh. */
  allowFullDownload: boolean;
  /** Starts afresh, also after an error; where the element would still wait to be seen, at once. */
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
