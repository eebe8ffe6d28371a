// AssemblyScript: the two passes of a resize over 8-bit RGB, with weights of 22 bits behind the point.
// Addresses are bytes; every row starts anywhere and may be read and written up to 16 bytes past its end.

const half: i32 = 1 << 21;

/** Each row becomes `columns` pixels: target x is the weighted sum of `counts[x]` source pixels from `starts[x]`. */
export function resampleRows(
  source: usize,
  sourceStride: usize,
  target: usize,
  targetStride: usize,
  rows: i32,
  columns: i32,
  starts: usize,
  counts: usize,
  weights: usize,
  taps: usize,
): void {
  for (let y = 0; y < rows; y++) {
    let out = target;
    let share = weights;
    for (let x: usize = 0; x < <usize>columns; x++) {
      let from = source + <usize>load<i32>(starts + (x << 2)) * 3;
      const count = <usize>load<i32>(counts + (x << 2));
      let sum = i32x4.splat(half);
      for (let k: usize = 0; k < count; k++) {
        const pixel = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(from)));
        sum = i32x4.add(sum, i32x4.mul(pixel, v128.load_splat<i32>(share + (k << 2))));
        from += 3;
      }
      const levels = i16x8.narrow_i32x4_s(i32x4.shr_s(sum, 22), sum);
      // The fourth byte is rubbish that the next pixel overwrites.
      store<i32>(out, i32x4.extract_lane(i8x16.narrow_i16x8_u(levels, levels), 0));
      out += 3;
      share += taps << 2;
    }
    source += sourceStride;
    target += targetStride;
  }
}

/** Target row y is the weighted sum of `counts[y]` source rows from `starts[y]`; rows are `stride` bytes, a multiple of 16. */
export function resampleColumns(
  source: usize,
  target: usize,
  stride: usize,
  rows: i32,
  starts: usize,
  counts: usize,
  weights: usize,
  taps: usize,
): void {
  for (let y: usize = 0; y < <usize>rows; y++) {
    const first = source + <usize>load<i32>(starts + (y << 2)) * stride;
    const count = <usize>load<i32>(counts + (y << 2));
    for (let i: usize = 0; i < stride; i += 16) {
      let a = i32x4.splat(half);
      let b = a;
      let c = a;
      let d = a;
      let from = first + i;
      for (let k: usize = 0; k < count; k++) {
        const share = v128.load_splat<i32>(weights + (k << 2));
        const bytes = v128.load(from);
        const low = i16x8.extend_low_i8x16_u(bytes);
        const high = i16x8.extend_high_i8x16_u(bytes);
        a = i32x4.add(a, i32x4.mul(i32x4.extend_low_i16x8_u(low), share));
        b = i32x4.add(b, i32x4.mul(i32x4.extend_high_i16x8_u(low), share));
        c = i32x4.add(c, i32x4.mul(i32x4.extend_low_i16x8_u(high), share));
        d = i32x4.add(d, i32x4.mul(i32x4.extend_high_i16x8_u(high), share));
        from += stride;
      }
      const left = i16x8.narrow_i32x4_s(i32x4.shr_s(a, 22), i32x4.shr_s(b, 22));
      const right = i16x8.narrow_i32x4_s(i32x4.shr_s(c, 22), i32x4.shr_s(d, 22));
      v128.store(target + i, i8x16.narrow_i16x8_u(left, right));
    }
    target += stride;
    weights += taps << 2;
  }
}
