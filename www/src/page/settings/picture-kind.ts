/** Whether a file is a picture, by its first bytes. */

const FIRST_BYTES = 12;

/** Texts at places that pictures have. HEIC and TIFF are among them although few browsers show those. */
const KINDS: readonly (readonly [at: number, text: string])[] = [
  [0, "\x89PNG\r\n\x1a\n"],
  [0, "\xff\xd8\xff"],
  [0, "GIF8"],
  [8, "WEBP"],
  [4, "ftypavi"],
  [4, "ftyphei"],
  [4, "ftypmif1"],
  [0, "BM"],
  [0, "II*\0"],
  [0, "MM\0*"],
];

export async function isPicture(file: Blob): Promise<boolean> {
  const first = new Uint8Array(await file.slice(0, FIRST_BYTES).arrayBuffer());
  const text = String.fromCharCode(...first);
  // Weights whose header is as long as such a text says, read as a number.
  if (text.startsWith("\0\0\0\0{", 4)) return false;
  return KINDS.some(([at, kind]) => text.startsWith(kind, at));
}
