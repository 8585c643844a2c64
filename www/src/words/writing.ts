/** Why a file could not be written. */

export const emptyFile = "The file could not be written: it is empty.";
/** After “The file could not be written: ”. */
export const writerNotLoaded =
  "its program could not be loaded. Check the connection, then try again; if that does not help, reload the page.";

/** `why` comes from whatever wrote the file, such as one of the texts below. */
export function notWritten(why: string): string {
  return `The file could not be written: ${why}`;
}

export const noRoom = "This browser has no room for a picture of that size.";

export function incompleteChannel(channel: number): string {
  return `Channel ${channel} is not complete.`;
}

export function cannotEncode(kind: string, width: number, height: number): string {
  return `This browser encodes no ${kind} of ${width} × ${height} pixels. GIF works everywhere.`;
}
