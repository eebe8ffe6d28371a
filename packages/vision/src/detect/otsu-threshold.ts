/** The level that splits a histogram of [0, 255] into two classes of greatest variance between them, without what is to be skipped (Otsu 1979). */
export function otsuThreshold(values: Float32Array, skip: Uint8Array): number {
  const histogram = new Float64Array(256);
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    if (skip[i] === 1) continue;
    const bin = Math.min(255, Math.max(0, Math.floor(values[i] as number)));
    histogram[bin] = (histogram[bin] as number) + 1;
    count++;
  }
  let total = 0;
  for (let bin = 0; bin < 256; bin++) total += bin * (histogram[bin] as number);
  let below = 0;
  let sum = 0;
  let best = 0;
  let threshold = 0;
  for (let bin = 0; bin < 255; bin++) {
    below += histogram[bin] as number;
    sum += bin * (histogram[bin] as number);
    if (below === 0 || below === count) continue;
    const gap = sum / below - (total - sum) / (count - below);
    const between = below * (count - below) * gap * gap;
    if (between > best) {
      best = between;
      threshold = bin + 1;
    }
  }
  return threshold;
}
