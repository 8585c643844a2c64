/** Numbers as colours, for the eye only. */

/** The largest size of any value. */
export function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

/** A gradient of RGB pixels as RGBA bytes: mid-grey is 0, and the largest value of either sign is full or no colour. */
export function gradientPicture(values: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const scale = 127.5 / (largest(values) || 1);
  const rgba = new Uint8ClampedArray((values.length / 3) * 4).fill(255);
  values.forEach((value, at) => {
    rgba[at + Math.floor(at / 3)] = 127.5 + value * scale;
  });
  return rgba;
}

/** A feature map as RGBA bytes: 0, the least that a ReLU gives, is black, and the largest value white. */
export function mapPicture(values: Float32Array): Uint8ClampedArray<ArrayBuffer> {
  const scale = 255 / (largest(values) || 1);
  const rgba = new Uint8ClampedArray(values.length * 4);
  values.forEach((value, at) => {
    rgba.fill(value * scale, at * 4, at * 4 + 3);
    rgba[at * 4 + 3] = 255;
  });
  return rgba;
}
