/** What is said of pictures to start a climb from. */

export const choosePicture = "Choose a picture…";
export const startFromThisPicture = "Start every channel from this picture";

export function picture(name: string): string {
  return `Picture: ${name}`;
}

/** `start` is what the link starts from instead. */
export function pictureNotInLink(name: string, start: string): string {
  return `This page’s link cannot carry the picture ${name}: whoever opens the link starts from ${start}.`;
}

/** What a picture is called that was climbed to. */
export function climbed(channel: number, layer: string, iteration: number): string {
  return `channel ${channel} of ${layer}, step ${iteration}`;
}

export function isAPicture(file: string): string {
  return `“${file}” is a picture`;
}

export const mayBeTheStart =
  "Every channel can climb from it. What is on screen stays until you choose that.";
export const noSettingsInIt =
  "It holds no settings of this page. Some programs and services take them out when they save or send a picture: the saved .json, or the link, works too.";

export function pictureHidden(file: string): string {
  return `${file} cannot be used: this browser hides from pages what is in a picture (resistance to fingerprinting). Allow this site to read canvases, or take another browser.`;
}

export function pictureNotRead(file: string): string {
  return `${file} cannot be read as a picture. Choose a PNG, JPEG, WebP, GIF or AVIF file that this browser can show.`;
}
