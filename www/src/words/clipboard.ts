/** What is said after copying. */

export const copied = "Copied.";
const PRESS = "It is selected: press Ctrl+C, or ⌘C on a Mac.";

/** `secure` says whether the page came over https. */
export function selected(secure: boolean): string {
  return secure
    ? `This browser does not let the page copy. ${PRESS}`
    : `This page came over http, and browsers let https pages copy only. ${PRESS}`;
}
