/** VGG16 as a table: enough to check a link and to draw the network before any file is read. */

/** One convolution or pooling of VGG16. */
export interface Vgg16Layer {
  readonly name: string;
  readonly kind: "convolution" | "pooling";
  readonly channels: number;
  /** Input pixels per output position, along one side. */
  readonly downsampling: number;
  /** Side of the square of input pixels that one position sees. */
  readonly receptiveField: number;
}

/** Blocks in order: how many convolutions each has before its pooling, and their width. */
const BLOCKS = [
  { convolutions: 2, channels: 64 },
  { convolutions: 2, channels: 128 },
  { convolutions: 3, channels: 256 },
  { convolutions: 3, channels: 512 },
  { convolutions: 3, channels: 512 },
] as const;

/** The 13 convolutions and 5 poolings, in order. */
export const LAYERS: readonly Vgg16Layer[] = BLOCKS.flatMap(layersOf);

/** The widest layer's channels. */
export const WIDEST = 512;

/** Channels of a layer of VGG16; a model read from files may be narrower. */
export function channelsOf(layer: string): number {
  return LAYERS.find(({ name }) => name === layer)?.channels ?? WIDEST;
}

/** A 3 x 3 convolution adds 2 positions of its input to what one position sees, a 2 x 2 pooling adds 1. */
function layersOf({ convolutions, channels }: (typeof BLOCKS)[number], block: number): Vgg16Layer[] {
  const before = BLOCKS.slice(0, block).reduce(
    (sum, one, at) => sum + 2 ** at * (2 * one.convolutions + 1),
    1,
  );
  const stride = 2 ** block;
  const title = `block${block + 1}`;
  const each = Array.from({ length: convolutions }, (_, at) => ({
    name: `${title}_conv${at + 1}`,
    kind: "convolution" as const,
    channels,
    downsampling: stride,
    receptiveField: before + stride * 2 * (at + 1),
  }));
  const pooling = {
    name: `${title}_pool`,
    kind: "pooling" as const,
    channels,
    downsampling: 2 * stride,
    receptiveField: before + stride * (2 * convolutions + 1),
  };
  return [...each, pooling];
}
