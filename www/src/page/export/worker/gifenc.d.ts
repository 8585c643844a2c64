/** The few functions of gifenc in use; the package comes without types. */
declare module "gifenc" {
  /** A list of [red, green, blue]. */
  type Palette = number[][];
  interface Encoder {
    /** `delay` in milliseconds; without `repeat` the file plays for ever. */
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: { palette: Palette; delay: number },
    ): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  }
  export function GIFEncoder(): Encoder;
}
