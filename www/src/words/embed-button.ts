/** What is said where the snippets for other pages cannot be loaded. */

export const nothingToEmbed = "There is nothing to embed yet";
export const notLoaded =
  "This part of the page could not be loaded. Check the connection, then try again; if that does not help, reload the page.";
