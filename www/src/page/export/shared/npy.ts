/** NumPy's file format for one array: a header in text, then the numbers. */

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
/** The numbers begin at a multiple of this. */
const ALIGNMENT = 64;

/** What precedes the numbers of a little-endian float32 array in C order. */
export function npyHeader(shape: readonly number[]): Uint8Array<ArrayBuffer> {
  // A tuple of one has a comma too.
  const tuple = `(${shape.join(", ")}${shape.length === 1 ? "," : ""})`;
  const words = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const before = MAGIC.length + 2;
  const length = Math.ceil((before + words.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = new Uint8Array(length).fill(0x20);
  header.set(MAGIC);
  new DataView(header.buffer).setUint16(MAGIC.length, length - before, true);
  header.set(new TextEncoder().encode(words), before);
  header[length - 1] = 0x0a;
  return header;
}
