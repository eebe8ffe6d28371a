/** Distance in pixels (chamfer 3-4, over 3) of each pixel of a label to the nearest pixel of another label; 0 for background. (height, width) */
export function depths(labels: Int32Array, width: number, height: number): Float32Array {
  const far = new Int32Array((width + 2) * (height + 2));
  const stride = width + 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) if (labels[y * width + x] !== 0) far[(y + 1) * stride + x + 1] = 1 << 20;
  }
  // Beyond the edge a specimen goes on.
  for (let x = 0; x < stride; x++) far[x] = far[(height + 1) * stride + x] = 1 << 20;
  for (let y = 0; y < height + 2; y++) far[y * stride] = far[y * stride + stride - 1] = 1 << 20;
  for (let y = 1; y <= height; y++) {
    for (let x = 1; x <= width; x++) {
      const i = y * stride + x;
      if (far[i] === 0) continue;
      far[i] = Math.min(
        far[i] as number,
        (far[i - 1] as number) + 3,
        (far[i - stride] as number) + 3,
        (far[i - stride - 1] as number) + 4,
        (far[i - stride + 1] as number) + 4,
      );
    }
  }
  const out = new Float32Array(width * height);
  for (let y = height; y >= 1; y--) {
    for (let x = width; x >= 1; x--) {
      const i = y * stride + x;
      if (far[i] === 0) continue;
      const best = Math.min(
        far[i] as number,
        (far[i + 1] as number) + 3,
        (far[i + stride] as number) + 3,
        (far[i + stride + 1] as number) + 4,
        (far[i + stride - 1] as number) + 4,
      );
      far[i] = best;
      out[(y - 1) * width + x - 1] = best / 3;
    }
  }
  return out;
}
