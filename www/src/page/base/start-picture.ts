/** Pictures to start a climb from: a file from disk, or what a climb has made. */
import { noContext } from "../../words/canvas";
import * as words from "../../words/start-picture";
import { canvasIsExact } from "./canvas-noise";
import { resampled } from "./resample";

/** A start for every channel, at whatever size the settings ask for. */
export interface StartPicture {
  /** What it is called among the choices. */
  readonly name: string;
  /** height * width * 3 values, rows of RGB pixels; the very same array as long as the size is the same. */
  at(width: number, height: number): Float32Array;
}

/** A picture from disk, its middle cut out to the shape asked for; rejects with a sentence on what to choose instead. */
export async function pictureFrom(file: File): Promise<StartPicture> {
  const bitmap = await decoded(file);
  if (canvasIsExact()) return { name: file.name, at: remembered((size) => unitValues(drawn(bitmap, size))) };
  const bytes = await bytesOf(bitmap, file.name);
  const at = (size: Size) => unitValues(resampled(bytes, bitmap, size, middle(bitmap, size)));
  return { name: file.name, at: remembered(at) };
}

function drawn(bitmap: ImageBitmap, { width, height }: Size): Uint8ClampedArray {
  const context = new OffscreenCanvas(width, height).getContext("2d");
  if (!context) throw new Error(noContext);
  // What is transparent shows white, as on paper.
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  const { x, y, width: wide, height: high } = middle(bitmap, { width, height });
  context.drawImage(bitmap, x, y, wide, high, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}

/** Without a canvas, where what is read from one is noise. */
async function bytesOf(bitmap: ImageBitmap, name: string): Promise<Uint8ClampedArray> {
  try {
    const frame = new VideoFrame(bitmap, { timestamp: 0 });
    const bytes = new Uint8ClampedArray(4 * bitmap.width * bitmap.height);
    await frame.copyTo(bytes, { format: "RGBA" });
    frame.close();
    return onWhite(bytes);
  } catch (cause) {
    throw new Error(words.pictureHidden(name), { cause });
  }
}

/** What is transparent shows white, as on paper. */
function onWhite(rgba: Uint8ClampedArray): Uint8ClampedArray {
  return rgba.map((byte, at) => {
    const alpha = (rgba[at | 3] ?? 255) / 255;
    return (at & 3) === 3 ? 255 : byte * alpha + 255 * (1 - alpha);
  });
}

async function decoded(file: File): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch (cause) {
    throw new Error(words.pictureNotRead(file.name), { cause });
  }
}

/** An image of a climb: its exact values where the size is the same, else the nearest pixels. */
export function pictureOf(name: string, values: Float32Array, from: Size): StartPicture {
  return {
    name,
    at: remembered((to) => resized(values, from, to)),
  };
}

/** Whoever sets an image that is set already starts nothing. */
function remembered(make: (size: Size) => Float32Array): StartPicture["at"] {
  let last: (Size & { image: Float32Array }) | undefined;
  return (width, height) => {
    if (last?.width !== width || last.height !== height)
      last = { width, height, image: make({ width, height }) };
    return last.image;
  };
}

interface Size {
  width: number;
  height: number;
}

/** The largest middle part of `whole` that has the shape of `wanted`. */
export function middle(whole: Size, wanted: Size): Size & { x: number; y: number } {
  const scale = Math.min(whole.width / wanted.width, whole.height / wanted.height);
  const [width, height] = [wanted.width * scale, wanted.height * scale];
  return { x: (whole.width - width) / 2, y: (whole.height - height) / 2, width, height };
}

/** RGBA bytes as RGB values from 0 to 1. */
export function unitValues(rgba: Uint8ClampedArray): Float32Array {
  const values = new Float32Array((rgba.length / 4) * 3);
  values.forEach((_, at) => {
    values[at] = (rgba[at + Math.floor(at / 3)] ?? 0) / 255;
  });
  return values;
}

function resized(values: Float32Array, from: Size, to: Size): Float32Array {
  if (from.width === to.width && from.height === to.height) return values;
  const into = new Float32Array(to.width * to.height * 3);
  const cut = middle(from, to);
  for (let y = 0; y < to.height; y++) {
    const row = Math.floor(cut.y + ((y + 0.5) * cut.height) / to.height);
    for (let x = 0; x < to.width; x++) {
      const column = Math.floor(cut.x + ((x + 0.5) * cut.width) / to.width);
      const source = (row * from.width + column) * 3;
      into.set(values.subarray(source, source + 3), (y * to.width + x) * 3);
    }
  }
  return into;
}
