/** Which layers' files the browser keeps from before, so that choosing them fetches nothing. */
import { cachedAddresses } from "../../engine/weight-cache";
import type { ModelInfo } from "../../public/types";

/**
 * Layers of a folder whose files are kept. A folder made by `vggscope weights` names its files after their layers; where
 * files are named otherwise none counts as kept, and a choice downloads less than the map says.
 */
export async function cachedLayers({ origin, layers }: ModelInfo): Promise<ReadonlySet<string>> {
  if (origin.kind !== "folder") return new Set();
  const files = await cachedAddresses(origin.address);
  const kept = layers.filter(({ name }) => files.some((file) => file.startsWith(`${name}-`)));
  return new Set(kept.map(({ name }) => name));
}
