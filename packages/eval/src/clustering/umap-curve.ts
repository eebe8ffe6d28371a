/**
 * The a and b of UMAP's low-dimensional similarity 1 / (1 + a d^2b): a least-squares fit to 1 up to `minDist` and exp(-(d - minDist) / spread)
 * beyond, at 300 distances from 0 to 3 spread (Levenberg-Marquardt from a = b = 1).
 */
export function umapCurve(minDist: number, spread = 1): { readonly a: number; readonly b: number } {
  const x = Array.from({ length: 300 }, (_, i) => (i * 3 * spread) / 299);
  const y = x.map((d) => (d < minDist ? 1 : Math.exp(-(d - minDist) / spread)));
  let [a, b, damping] = [1, 1, 1e-3];
  let loss = squaredError(x, y, a, b);
  for (let round = 0; round < 200; round++) {
    const { aa, ab, bb, ga, gb } = normalEquations(x, y, a, b);
    const [p, q] = [aa * (1 + damping), bb * (1 + damping)];
    const determinant = p * q - ab * ab;
    const [nextA, nextB] = [a + (q * ga - ab * gb) / determinant, b + (p * gb - ab * ga) / determinant];
    const next = nextA > 0 && nextB > 0 ? squaredError(x, y, nextA, nextB) : Infinity;
    if (next > loss) {
      damping *= 10;
      continue;
    }
    const still = loss - next < 1e-15 && Math.abs(nextA - a) + Math.abs(nextB - b) < 1e-10;
    [a, b, loss] = [nextA, nextB, next];
    damping /= 10;
    if (still) break;
  }
  return { a, b };
}

function similarity(d: number, a: number, b: number): number {
  return d === 0 ? 1 : 1 / (1 + a * d ** (2 * b));
}

function squaredError(x: readonly number[], y: readonly number[], a: number, b: number): number {
  return x.reduce((sum, d, i) => sum + ((y[i] as number) - similarity(d, a, b)) ** 2, 0);
}

/** Products of the derivatives with each other and with the residuals. */
function normalEquations(
  x: readonly number[],
  y: readonly number[],
  a: number,
  b: number,
): Record<'aa' | 'ab' | 'bb' | 'ga' | 'gb', number> {
  const sums = { aa: 0, ab: 0, bb: 0, ga: 0, gb: 0 };
  x.forEach((d, i) => {
    if (d === 0) return;
    const power = d ** (2 * b);
    const value = 1 / (1 + a * power);
    const da = -power * value * value;
    const db = da * a * 2 * Math.log(d);
    const residual = (y[i] as number) - value;
    sums.aa += da * da;
    sums.ab += da * db;
    sums.bb += db * db;
    sums.ga += da * residual;
    sums.gb += db * residual;
  });
  return sums;
}
