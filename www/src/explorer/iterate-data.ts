/** What lies behind a picture: its exact values, the gradient there, and the channel's feature map on it. */

import type { Vggscope } from "../api/vggscope";
import type { FeatureMap, Gradient, IterateFacts, Run } from "../public/types";
import type { Settings } from "../settings/table";

export interface IterateData {
  channel: number;
  iteration: number;
  /** height * width * 3 values, rows of RGB pixels. */
  pixels: Float32Array;
  gradient: Gradient;
  map: FeatureMap;
}

/** Reads or computes them; rejects with a `VggscopeError` where that fails. */
export async function readIterateData(
  { run, scope, settings }: { run: Run<IterateFacts>; scope: Vggscope; settings: Settings },
  channel: number,
  iteration: number,
): Promise<IterateData> {
  const { layer, width, height, preprocessing } = settings;
  const kept = await run.iterate(channel, iteration);
  const image = await kept.pixels();
  const [gradient, map] = await Promise.all([
    run.gradient(channel, iteration),
    scope.activation({ layer, channel, image, width, height, preprocessing }),
  ]);
  return { channel, iteration, pixels: image, gradient, map };
}
