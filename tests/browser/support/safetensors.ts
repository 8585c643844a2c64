/** Reading and writing safetensors: a length, a JSON header, then the numbers. */

export type Dtype = "F64" | "F32" | "F16" | "U8";

export interface Tensor {
  name: string;
  dtype: Dtype;
  shape: readonly number[];
  data: Uint8Array;
}

interface HeaderEntry {
  dtype: Dtype;
  shape: number[];
  data_offsets: [number, number];
}

const LENGTH_BYTES = 8;

export function readSafetensors(file: Buffer): Map<string, Tensor> {
  const start = LENGTH_BYTES + Number(file.readBigUInt64LE());
  const header = JSON.parse(file.toString("utf8", LENGTH_BYTES, start)) as Record<string, HeaderEntry>;
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__");
  return new Map(
    entries.map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        // A copy, so that it starts where an array of wider numbers may start.
        const data = Uint8Array.from(file.subarray(start + from, start + to));
        return [name, { name, dtype, shape, data }];
      },
    ),
  );
}

export function writeSafetensors(tensors: readonly Tensor[]): Buffer {
  const places = tensors.map(({ data, ...facts }) => ({ ...facts, bytes: data.length }));
  return Buffer.concat([headOf(places), ...tensors.map(({ data }) => data)]);
}

/** What stands before the tensors' bytes, which follow one another in this order. */
export function headOf(tensors: readonly (Omit<Tensor, "data"> & { bytes: number })[]): Buffer {
  const header: Record<string, HeaderEntry> = {};
  let end = 0;
  for (const { name, dtype, shape, bytes } of tensors) {
    header[name] = { dtype, shape: [...shape], data_offsets: [end, end + bytes] };
    end += bytes;
  }
  const text = JSON.stringify(header);
  // The numbers start at a multiple of eight, as the format's own writer does it.
  const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded]);
}
