import type { VggScopeElement } from "../api/element";
import type { RunRecord } from "./record";

/** What player and close view take from the element whose pictures they show. */
export interface ExploredScope
  extends Pick<VggScopeElement, "state" | "scope" | "run" | "show" | "addEventListener"> {
  /** What the run has told of its iterates so far. */
  readonly record: RunRecord;
  /** The picture of a channel as its tile shows it now. */
  pictureOf(channel: number): HTMLCanvasElement | undefined;
  focusTile(channel: number): void;
}
