/** Closing minus itself of a plane with a square of `size` pixels (odd): what is dark and thinner than that. (height, width) */
export function blackHat(plane: Float32Array, width: number, height: number, size: number): Float32Array {
  const reach = size >> 1;
  const dilated = slide(plane, width, height, reach, true);
  const closed = slide(dilated, width, height, reach, false);
  for (let i = 0; i < closed.length; i++) closed[i] = (closed[i] as number) - (plane[i] as number);
  return closed;
}

/** Sliding maximum or minimum over a square, rows then columns. */
function slide(plane: Float32Array, width: number, height: number, reach: number, maximum: boolean): Float32Array {
  const rows = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) slideLine(plane, rows, y * width, 1, width, reach, maximum);
  return slideRows(rows, width, height, reach, maximum);
}

/** Down the columns, a whole row at a time: repeated doubling keeps memory access in order. */
function slideRows(plane: Float32Array, width: number, height: number, reach: number, maximum: boolean): Float32Array {
  const out = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) {
    const from = Math.max(0, y - reach);
    const to = Math.min(height - 1, y + reach);
    const at = y * width;
    out.set(plane.subarray(from * width, from * width + width), at);
    for (let row = from + 1; row <= to; row++) {
      const other = row * width;
      for (let x = 0; x < width; x++) {
        const value = plane[other + x] as number;
        if (maximum ? value > (out[at + x] as number) : value < (out[at + x] as number)) out[at + x] = value;
      }
    }
  }
  return out;
}

function slideLine(
  plane: Float32Array,
  out: Float32Array,
  start: number,
  stride: number,
  length: number,
  reach: number,
  maximum: boolean,
): void {
  for (let x = 0; x < length; x++) {
    const from = Math.max(0, x - reach);
    const to = Math.min(length - 1, x + reach);
    let best = plane[start + from * stride] as number;
    for (let i = from + 1; i <= to; i++) {
      const value = plane[start + i * stride] as number;
      if (maximum ? value > best : value < best) best = value;
    }
    out[start + x * stride] = best;
  }
}
