/** What is said where a browser does not let the page draw. */

export const noContext = "This browser gives a canvas no context to draw with.";
