/** Closing minus itself of a plane with a square of `size` pixels (odd): what is dark and thinner than that. (height, width) */
export function blackHat(plane: Float32Array, width: number, height: number, size: number): Float32Array {
  const dilated = slide(plane, width, height, size, 1);
  const closed = slide(dilated, width, height, size, -1);
  for (let i = 0; i < closed.length; i++) closed[i] = (closed[i] as number) - (plane[i] as number);
  return closed;
}

/** Sliding maximum (sign 1) or minimum (sign -1) over a square: rows, then columns. */
function slide(plane: Float32Array, width: number, height: number, size: number, sign: 1 | -1): Float32Array {
  const reach = size >> 1;
  const across = padded(width, height, reach, 0, sign);
  for (let y = 0; y < height; y++) {
    const start = y * (width + 2 * reach) + reach;
    for (let x = 0; x < width; x++) across[start + x] = sign * (plane[y * width + x] as number);
  }
  maximumAlong(across, 1, size);
  const down = padded(width, height, 0, reach, sign);
  for (let y = 0; y < height; y++) {
    const start = y * (width + 2 * reach);
    down.set(across.subarray(start, start + width), (y + reach) * width);
  }
  maximumAlong(down, width, size);
  const out = down.slice(0, width * height);
  if (sign < 0) for (let i = 0; i < out.length; i++) out[i] = -(out[i] as number);
  return out;
}

function padded(width: number, height: number, sides: number, ends: number, sign: 1 | -1): Float32Array {
  const plane = new Float32Array((width + 2 * sides) * (height + 2 * ends));
  // Levels are 0 to 255: with either sign, nothing is smaller.
  return plane.fill(sign > 0 ? -1 : -256);
}

/** In place: each value becomes the largest of `size` values from it on, `stride` apart, by windows that double. */
function maximumAlong(values: Float32Array, stride: number, size: number): void {
  let window = 1;
  while (2 * window <= size) {
    takeLarger(values, window * stride);
    window *= 2;
  }
  if (window < size) takeLarger(values, (size - window) * stride);
}

function takeLarger(values: Float32Array, ahead: number): void {
  for (let i = 0; i + ahead < values.length; i++) {
    const other = values[i + ahead] as number;
    if (other > (values[i] as number)) values[i] = other;
  }
}
