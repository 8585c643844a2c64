// Medians and their spread.

/** The median of some numbers with the lowest and the highest of them. */
export function spread(values) {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
