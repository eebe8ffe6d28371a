/** Mean over a square of `2 reach + 1` pixels, cut at the edges. (height, width); running sums, so the size costs nothing. */
export function boxMean(plane: Float32Array, width: number, height: number, reach: number): Float32Array {
  const rows = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) meanOfRow(plane, rows, y * width, width, reach);
  const out = new Float32Array(plane.length);
  const sums = new Float64Array(width);
  for (let y = 0; y < Math.min(reach, height); y++) addRow(sums, rows, y * width, 1);
  for (let y = 0; y < height; y++) {
    if (y + reach < height) addRow(sums, rows, (y + reach) * width, 1);
    if (y - reach - 1 >= 0) addRow(sums, rows, (y - reach - 1) * width, -1);
    const count = Math.min(height - 1, y + reach) - Math.max(0, y - reach) + 1;
    for (let x = 0; x < width; x++) out[y * width + x] = (sums[x] as number) / count;
  }
  return out;
}

function meanOfRow(plane: Float32Array, out: Float32Array, start: number, width: number, reach: number): void {
  let sum = 0;
  for (let x = 0; x < Math.min(reach, width); x++) sum += plane[start + x] as number;
  for (let x = 0; x < width; x++) {
    if (x + reach < width) sum += plane[start + x + reach] as number;
    if (x - reach - 1 >= 0) sum -= plane[start + x - reach - 1] as number;
    out[start + x] = sum / (Math.min(width - 1, x + reach) - Math.max(0, x - reach) + 1);
  }
}

function addRow(sums: Float64Array, rows: Float32Array, start: number, sign: number): void {
  for (let x = 0; x < sums.length; x++) sums[x] = (sums[x] as number) + sign * (rows[start + x] as number);
}
