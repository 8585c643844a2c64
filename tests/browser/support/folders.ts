/** What the index of a folder on a host says of its files. */
import { CONVOLUTIONS, INDEX_FILE } from "./generated-weights";
import type { Site } from "./host/site";

export interface Shard {
  file: string;
  bytes: number;
}

/** By layer, those that the folder has. */
export async function shardsOf(folder: string): Promise<ReadonlyMap<string, Shard>> {
  const response = await fetch(folder + INDEX_FILE);
  const { weight_map: files, metadata } = (await response.json()) as {
    weight_map: Record<string, string>;
    metadata: { shards: Record<string, { bytes: number }> };
  };
  const shards = CONVOLUTIONS.flatMap(([name]): [string, Shard][] => {
    const file = files[`${name}.weight`];
    return file ? [[name, { file, bytes: metadata.shards[file]?.bytes ?? 0 }]] : [];
  });
  return new Map(shards);
}

/** The file of a layer that the folder must have. */
export function shard(shards: ReadonlyMap<string, Shard>, layer: string): Shard {
  const found = shards.get(layer);
  if (!found) throw new Error(`the folder has no ${layer}`);
  return found;
}

/** Bytes of weights that went out for a folder or a file: its index is none. */
export function weightsSent(site: Site, address: string): number {
  return site.sentUnder(address) - site.sentUnder(address + INDEX_FILE);
}
