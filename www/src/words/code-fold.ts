/** What stands for the maths and the code until they are opened. */

export const mathsAndCode = "The maths and the code";
export const mathsAndCodeOfChannel = "The maths and the code of this channel";
export const noCode = "The code cannot be shown";
export const notLoaded =
  "This part of the page could not be loaded. Check the connection, then open it again; if that does not help, reload the page.";
