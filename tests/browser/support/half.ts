/** 16-bit floats, which Node has no array of. */

/** Bits of the nearest 16-bit float, ties to even; for finite values within its range. */
export function toHalfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const { mantissa, exponent } = nearest(value);
  // A mantissa that rounds up to 2048 carries into the exponent by itself.
  const bits = exponent === -14 ? mantissa : mantissa + ((exponent + 14) << 10);
  if (bits >= 0x7c00) throw new RangeError(`${value} does not fit a 16-bit float`);
  return sign | bits;
}

/** The nearest number that a 16-bit float can be. */
export function toHalf(value: number): number {
  const { mantissa, exponent } = nearest(value);
  return Math.sign(value) * mantissa * 2 ** (exponent - 10);
}

/** Of the nearest one's size: it is the mantissa times 2^(exponent - 10). */
function nearest(value: number): { mantissa: number; exponent: number } {
  const size = Math.abs(value);
  // Below the smallest normal number all neighbours are 2^-24 apart.
  const exponent = Math.max(size === 0 ? -14 : exponentOf(size), -14);
  return { mantissa: roundToEven(size / 2 ** (exponent - 10)), exponent };
}

/** The exponent of a positive 32-bit float's leading bit. */
function exponentOf(size: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, size);
  return ((bits.getUint16(0) >> 4) & 0x7ff) - 1023;
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
