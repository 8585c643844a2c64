/** What the map says of a layer, in sentences. */
import type { LayerInfo, ModelInfo } from "../public/types";
import { formatBytes, formatSeconds } from "./numbers";

export type MapLayer = LayerInfo;

/** What the sentences are about. */
export interface LayerFacts {
  layer: MapLayer;
  /** Of the image, in pixels. */
  size: { width: number; height: number };
  /** Of the layer's map; nothing where the image is too small. */
  positions: { width: number; height: number };
  /** Multiplications and additions of one step of one channel. */
  operations: number;
  /** Channels that climb. */
  count: number;
  /** Undefined before a model is open. */
  download: number | undefined;
  origin: ModelInfo["origin"] | undefined;
  /** Operations in a second, once a climb has shown it. */
  speed: number | undefined;
}

/** `block3_conv1` is `conv1` within its block. */
export function shortName(layer: string): string {
  return layer.slice("block1_".length);
}

export function aboutLayer(facts: LayerFacts): string {
  const { layer } = facts;
  if (!layer.inModel) return `${layer.name}: not in this model.`;
  return [shapeOf(facts), costOf(facts), weightsOf(facts)].join(" ");
}

function shapeOf({ layer, size, positions }: LayerFacts): string {
  const { name, kind, channels, receptiveField: field, downsampling } = layer;
  const { width, height } = positions;
  if (width === 0 || height === 0) {
    return `${name}: an image of ${size.width} × ${size.height} pixels leaves nothing here; both sides need ${downsampling}.`;
  }
  const does = kind === "pooling" ? "a pooling, which keeps the largest of four: " : "";
  return `${name}: ${does}${channels} channels of ${width} × ${height} positions, each of which sees ${field} × ${field} pixels.`;
}

function costOf({ operations, count, speed }: LayerFacts): string {
  const each = `One step of one channel takes ${formatOperations(operations)}`;
  if (speed === undefined || operations === 0) return `${each}.`;
  const seconds = (operations * count) / speed;
  const all = count === 1 ? "" : ` of all ${count} channels`;
  return `${each}; a step${all} about ${formatDuration(seconds)} here, going by this climb.`;
}

function weightsOf({ layer, download, origin }: LayerFacts): string {
  if (layer.loaded)
    return layer.bytes === 0
      ? "Its weights are here."
      : `Its weights, ${formatBytes(layer.bytes)}, are here.`;
  if (download === undefined || !origin) return "";
  if (origin.kind === "local-file")
    return `Choosing it reads ${formatBytes(download)} from ${origin.address}.`;
  if (origin.format !== "safetensors") return "Its weights came with the whole file.";
  return download === 0
    ? "Choosing it downloads nothing: this browser kept its weights."
    : `Choosing it downloads ${formatBytes(download)}.`;
}

/** Such as "8.5 billion operations". */
export function formatOperations(operations: number): string {
  const [scale, word] = operations >= 1e9 ? [1e9, "billion"] : [1e6, "million"];
  const value = operations / scale;
  return `${value >= 100 ? Math.round(value) : Number(value.toPrecision(2))} ${word} operations`;
}

function formatDuration(seconds: number): string {
  if (seconds >= 1) return formatSeconds(seconds);
  return seconds < 0.001 ? "a millisecond" : `${Number((seconds * 1000).toPrecision(2))} ms`;
}

/** In a cell, as short as the narrowest; `download` in bytes, undefined before a model is open. */
export function weightsInCell(inModel: boolean, loaded: boolean, download: number | undefined): string {
  if (!inModel) return "absent";
  if (loaded) return "here";
  if (download === undefined) return "…";
  return download === 0 ? "kept" : `+${formatBytes(download)}`;
}

export function cell(layer: string, inModel: boolean): string {
  return inModel ? layer : `${layer}, not in this model`;
}

/** `block` is its name in layers', such as "block3". */
export function blockName(block: string): string {
  return block.replace("block", "block ");
}

/** A block of which the model lacks some layers, or all. */
export function blockLacking(name: string, absent: readonly string[], all: boolean): string {
  const which = all ? "" : `${absent.map(shortName).join(", ")} `;
  return `${name}: ${which}not in this model`;
}

export const channelsOfLayer = "Channels of the layer";
export const go = "Go";

export function oneChannelOf(layer: string, last: number): string {
  return `One channel of ${layer}, 0 to ${last}`;
}

export function pageOfChannels(first: number, last: number): string {
  return `${first}–${last}`;
}

export function noChannel(text: string, last: number): string {
  return `Channel is “${text.slice(0, 40)}”. Allowed: a whole number from 0 to ${last}; R’s channel 1 is channel 0 here.`;
}
