/** Which file a drop means. */

export interface Dropped {
  isFolder: boolean;
  file: File | null;
}

const DROP_ONE =
  "Drop one file: a .safetensors, a Keras .h5 or a PyTorch .pth, or a picture or settings saved from this page.";

/** The one file dropped, or a sentence on what to drop instead. */
export function fileFrom(dropped: readonly Dropped[]): File | string {
  const [first] = dropped;
  if (dropped.length > 1) return `${dropped.length} things were dropped at once. ${DROP_ONE}`;
  if (first?.isFolder) {
    return `A folder was dropped. ${DROP_ONE} A folder of weights opens by its address, once it lies on a web host.`;
  }
  return first?.file ?? `No file was dropped. ${DROP_ONE}`;
}
