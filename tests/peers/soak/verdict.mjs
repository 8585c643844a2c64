// Whether samples stay as they are.

/** What may move a little: it is measured, and not counted. */
const FLAT = 0.1;
const MEASURED = ["bytes", "heap"];

/**
 * A sentence for each thing that grows from the first of the samples to the last. What is counted grows where it is never again as
 * it was: a line of text that comes and goes makes two nodes more or less from one sample to the next.
 */
export function verdict(samples) {
  const third = Math.max(1, Math.floor(samples.length / 3));
  const [early, late] = [samples.slice(0, third), samples.slice(-third)];
  return Object.keys(samples[0]).flatMap((name) => {
    const [before, after] = [early, late].map((some) => some.map((sample) => sample[name]));
    const [most, now] = MEASURED.includes(name)
      ? [(1 + FLAT) * median(before), median(after)]
      : [Math.max(...before), Math.min(...after)];
    return now > most ? [`${name} grew from ${median(before)} to ${median(after)}`] : [];
  });
}

function median(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}
