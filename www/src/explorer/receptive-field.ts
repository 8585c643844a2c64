/** What one position of a feature map sees of the image, and which position sees a pixel. */
import type { LayerInfo } from "../public/types";

export interface Point {
  x: number;
  y: number;
}

/** In pixels, from the top left corner. It may reach beyond the image. */
export interface Box extends Point {
  width: number;
  height: number;
}

type LayerGeometry = Pick<LayerInfo, "receptiveField" | "downsampling">;

/** The position of the feature map in whose middle the pixel lies. */
export function cellAt({ x, y }: Point, { downsampling }: LayerGeometry): Point {
  return { x: Math.floor(x / downsampling), y: Math.floor(y / downsampling) };
}

/** The pixel in the middle of what a position sees. */
export function pixelOf({ x, y }: Point, { downsampling }: LayerGeometry): Point {
  const middle = Math.floor(downsampling / 2);
  return { x: x * downsampling + middle, y: y * downsampling + middle };
}

/** The square of pixels that a position of the feature map depends on. */
export function fieldOf({ x, y }: Point, { receptiveField, downsampling }: LayerGeometry): Box {
  // VGG16's convolutions are padded alike on both sides: the field lies evenly around the position's own pixels.
  const beyond = (receptiveField - downsampling) / 2;
  const side = receptiveField;
  return { x: x * downsampling - beyond, y: y * downsampling - beyond, width: side, height: side };
}

/** The point within an image of this size that is nearest. */
export function within({ x, y }: Point, { width, height }: { width: number; height: number }): Point {
  const clamp = (value: number, size: number) => Math.max(0, Math.min(size - 1, value));
  return { x: clamp(x, width), y: clamp(y, height) };
}
