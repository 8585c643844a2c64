/** What is said where a picture cannot be opened to be seen closely. */

export const notLoaded =
  "This part of the page could not be loaded. Check the connection, then open the picture again; if that does not help, reload the page.";

export function cannotBeShown(channel: number): string {
  return `Channel ${channel} cannot be shown close up`;
}
