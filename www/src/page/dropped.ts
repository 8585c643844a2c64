/** Which file a drop means. */
import * as words from "../words/model";

export interface Dropped {
  isFolder: boolean;
  file: File | null;
}

/** The one file dropped, or a sentence on what to drop instead. */
export function fileFrom(dropped: readonly Dropped[]): File | string {
  const [first] = dropped;
  if (dropped.length > 1) return words.manyDropped(dropped.length);
  if (first?.isFolder) return words.folderDropped;
  return first?.file ?? words.nothingDropped;
}
