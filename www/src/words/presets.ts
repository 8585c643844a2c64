/** The recipe in the bar. */

/** Where the settings are those of no preset. */
export const own = "Your own";
