/** What a framed page tells the page around it. */
export interface FrameHeight {
  type: "vggscope-height";
  /** Pixels. */
  height: number;
}
