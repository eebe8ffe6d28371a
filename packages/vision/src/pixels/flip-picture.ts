import type { Picture } from '@bioscan/core';

/** The mirror image: `horizontal` swaps left and right, `vertical` top and bottom. */
export function flipPicture(picture: Picture, axis: 'horizontal' | 'vertical'): Picture {
  const { width, height, data } = picture;
  const out = new Uint8Array(data.length);
  const stride = width * 3;
  for (let y = 0; y < height; y++) {
    const row = y * stride;
    if (axis === 'vertical') {
      out.set(data.subarray(row, row + stride), (height - 1 - y) * stride);
      continue;
    }
    for (let left = row, right = row + stride - 3; left < row + stride; left += 3, right -= 3) {
      out[left] = data[right] as number;
      out[left + 1] = data[right + 1] as number;
      out[left + 2] = data[right + 2] as number;
    }
  }
  return { width, height, data: out };
}
