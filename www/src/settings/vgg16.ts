/** VGG16's convolutions and their widths: enough to check a link and to draw the layer choice before any file is read. */
export const CONVOLUTIONS = [
  { name: "block1_conv1", channels: 64 },
  { name: "block1_conv2", channels: 64 },
  { name: "block2_conv1", channels: 128 },
  { name: "block2_conv2", channels: 128 },
  { name: "block3_conv1", channels: 256 },
  { name: "block3_conv2", channels: 256 },
  { name: "block3_conv3", channels: 256 },
  { name: "block4_conv1", channels: 512 },
  { name: "block4_conv2", channels: 512 },
  { name: "block4_conv3", channels: 512 },
  { name: "block5_conv1", channels: 512 },
  { name: "block5_conv2", channels: 512 },
  { name: "block5_conv3", channels: 512 },
] as const;

export const WIDEST = 512;

/** Channels of a layer of VGG16; a model read from files may be narrower. */
export function channelsOf(layer: string): number {
  return CONVOLUTIONS.find(({ name }) => name === layer)?.channels ?? WIDEST;
}
