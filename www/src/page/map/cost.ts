/** What a step costs, and what a choice downloads: numbers, without a page. */
import type { LayerInfo } from "../../public/types";

type Shape = Pick<LayerInfo, "name" | "kind" | "channels" | "downsampling">;

export interface Size {
  width: number;
  height: number;
}

/** Positions of a layer's feature map: each pooling halves, and drops an odd row or column. */
export function positionsOf({ downsampling }: Pick<Shape, "downsampling">, { width, height }: Size): Size {
  return { width: Math.floor(width / downsampling), height: Math.floor(height / downsampling) };
}

/**
 * Multiplications and additions of one step of one channel, forward and back. Only what the objective reads is computed:
 * of the last convolution one channel. Poolings, biases and the step itself are not worth counting.
 */
export function operationsOf(layer: string, layers: readonly Shape[], size: Size): number {
  const upTo = layers.slice(0, layers.findIndex(({ name }) => name === layer) + 1);
  const convolutions = upTo.filter(({ kind }) => kind === "convolution");
  const each = convolutions.map((convolution, at) => {
    const inputs = convolutions[at - 1]?.channels ?? 3;
    const outputs = at === convolutions.length - 1 ? 1 : convolution.channels;
    const { width, height } = positionsOf(convolution, size);
    return 2 * 9 * inputs * outputs * width * height;
  });
  // The way back is the same convolutions, turned.
  return 2 * each.reduce((sum, one) => sum + one, 0);
}

/** Bytes that choosing a layer fetches: the files up to it that neither this page nor the browser's cache has. */
export function downloadOf(
  layer: string,
  layers: readonly Pick<LayerInfo, "name" | "bytes" | "loaded">[],
  kept: ReadonlySet<string>,
): number {
  const upTo = layers.slice(0, layers.findIndex(({ name }) => name === layer) + 1);
  const missing = upTo.filter(({ name, loaded }) => !loaded && !kept.has(name));
  return missing.reduce((sum, { bytes }) => sum + bytes, 0);
}
