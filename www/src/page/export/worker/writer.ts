import type { Frame, Stretch } from "../shared/protocol";

/** What makes one file. */
export interface Writer {
  /** Whether its pictures lack their words, because this browser hides what is on a canvas. */
  readonly wordless?: boolean;
  frame?(frame: Frame): Promise<void> | void;
  stretch?(stretch: Stretch): void;
  end(): Promise<Blob>;
}
