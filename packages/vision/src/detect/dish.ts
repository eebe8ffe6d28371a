/** Half the dish's scale: half the height of a 4:3 picture, which cuts the dish at top and bottom. */
export function dishHalf(width: number, height: number): number {
  return Math.min(height, 0.75 * width) / 2;
}

/** 1 where the wall of the dish may glare: farther than `radius` dish halves from the centre. (height, width) */
export function dishWall(width: number, height: number, radius: number): Uint8Array {
  const wall = new Uint8Array(width * height);
  const limit = (radius * dishHalf(width, height)) ** 2;
  for (let y = 0; y < height; y++) {
    const dy = y + 0.5 - height / 2;
    for (let x = 0; x < width; x++) {
      const dx = x + 0.5 - width / 2;
      if (dx * dx + dy * dy > limit) wall[y * width + x] = 1;
    }
  }
  return wall;
}
