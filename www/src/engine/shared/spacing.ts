/** How much of a run stays in memory. Its workers have shares, by their channels. */

/**
 * Of packed pictures. Forty channels and five hundred steps of the notes' size take about 116 MB (block1_conv2) or 135 MB
 * (block3_conv1).
 */
export const PICTURE_BYTES = 256e6;

/** Of exact images: forty channels and a hundred steps of the notes' size take 54 MB. */
export const CHECKPOINT_BYTES = 70e6;

/** Exact images are so many iterates apart, and farther where there is no room. */
export const CHECKPOINT_EVERY = 20;
