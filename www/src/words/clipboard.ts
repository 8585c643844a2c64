/** What is said after copying. */

export const copied = "Copied.";
export const selected =
  "This browser does not let the page copy. It is selected: press Ctrl+C, or ⌘C on a Mac.";
