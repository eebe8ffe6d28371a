/** A well-mixed 32-bit hash of two integers and a seed; the same on every machine. */
export function hash2(seed: number, x: number, y: number): number {
  let h = Math.imul(x, 0x85ebca6b) ^ Math.imul(y, 0xc2b2ae35) ^ Math.imul(seed, 0x27d4eb2f);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return (h ^ (h >>> 15)) >>> 0;
}

/** Smooth noise on [0, 1] with features of size 1. */
export function valueNoise(seed: number, x: number, y: number): number {
  const i = Math.floor(x);
  const j = Math.floor(y);
  const s = fade(x - i);
  const t = fade(y - j);
  const low = corner(seed, i, j) * (1 - s) + corner(seed, i + 1, j) * s;
  const high = corner(seed, i, j + 1) * (1 - s) + corner(seed, i + 1, j + 1) * s;
  return low * (1 - t) + high * t;
}

function corner(seed: number, i: number, j: number): number {
  return hash2(seed, i, j) / 0x100000000;
}

function fade(t: number): number {
  return t * t * (3 - 2 * t);
}
