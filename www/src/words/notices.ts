/** What stands above the pictures. */

export const dismiss = "Dismiss";
