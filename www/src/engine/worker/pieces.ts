/**
 * Arrays side by side in large pieces of memory. Allocators round up: of exact images of the notes' size a fifth was left empty
 * behind each, of packed pictures a tenth.
 */

/** Pieces become so large, each as large as all before it: from 1 MB on they are given to the byte. */
const PIECE_BYTES = 2e6;

const NONE = new Uint8Array();

/**
 * Gives the memory back at once where browsers can: garbage of this kind would be as much as what is kept. Memory that others may
 * lie in beside these bytes stays.
 */
function letGo({ buffer, byteLength }: Uint8Array): void {
  if (byteLength < buffer.byteLength) return;
  if ("transfer" in buffer && typeof buffer.transfer === "function") buffer.transfer(0);
}

export class Pieces {
  #piece = NONE;
  #used = 0;
  #all = 0;

  /** The array is moved to where it is to stay; a large one stays where it is. */
  keep(bytes: Uint8Array): Uint8Array {
    const { length } = bytes;
    if (length > PIECE_BYTES / 2) return bytes;
    if (this.#used + length > this.#piece.length) {
      const most = Math.max(length, Math.min(PIECE_BYTES, this.#all));
      this.#piece = new Uint8Array(most - (most % length));
      this.#used = 0;
    }
    const copy = this.#piece.subarray(this.#used, this.#used + length);
    copy.set(bytes);
    this.#used += length;
    this.#all += length;
    letGo(bytes);
    return copy;
  }

  /** The same for floats; all are of one kind. */
  keepFloats({ buffer, byteOffset, byteLength }: Float32Array): Float32Array {
    const kept = this.keep(new Uint8Array(buffer, byteOffset, byteLength));
    return new Float32Array(kept.buffer, kept.byteOffset, kept.byteLength / Float32Array.BYTES_PER_ELEMENT);
  }
}
