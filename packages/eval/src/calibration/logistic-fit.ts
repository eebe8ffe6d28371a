/** Weight on slope² / 2, so that separable data have an answer. */
const ridge = 1e-3;

/**
 * Weighted logistic regression of y (0 or 1) on one feature, by Newton's method: mean weighted log loss + 0.0005 slope², the feature
 * standardised inside. With one class only the slope is 0 and the share is drawn in by one pseudo-count of each class.
 */
export function logisticFit(
  x: readonly number[],
  y: readonly number[],
  weights: readonly number[],
): { readonly intercept: number; readonly slope: number } {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const positive = y.reduce((sum, one, i) => sum + one * (weights[i] as number), 0);
  const share = (positive + 1) / (total + 2);
  const base = { intercept: Math.log(share / (1 - share)), slope: 0 };
  const mean = x.reduce((sum, value, i) => sum + value * (weights[i] as number), 0) / total;
  const variance = x.reduce((sum, value, i) => sum + (value - mean) ** 2 * (weights[i] as number), 0) / total;
  if (!(variance > 1e-12) || positive <= 0 || positive >= total) return base;
  const deviation = Math.sqrt(variance);
  const z = x.map((value) => (value - mean) / deviation);
  const fitted = newton(z, y, weights, total, Math.log(positive / (total - positive)));
  return { intercept: fitted.intercept - (fitted.slope * mean) / deviation, slope: fitted.slope / deviation };
}

function newton(
  z: readonly number[],
  y: readonly number[],
  weights: readonly number[],
  total: number,
  start: number,
): { intercept: number; slope: number } {
  let [intercept, slope] = [start, 0];
  for (let round = 0; round < 100; round++) {
    let [g0, g1, h00, h01, h11] = [0, ridge * slope, 0, 0, ridge];
    for (let i = 0; i < z.length; i++) {
      const value = z[i] as number;
      const weight = (weights[i] as number) / total;
      const p = 1 / (1 + Math.exp(-(intercept + slope * value)));
      const off = weight * (p - (y[i] as number));
      const curvature = weight * Math.max(p * (1 - p), 1e-9);
      g0 += off;
      g1 += off * value;
      h00 += curvature;
      h01 += curvature * value;
      h11 += curvature * value * value;
    }
    const determinant = h00 * h11 - h01 * h01;
    const [step0, step1] = [(h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant];
    // Far steps are shortened: Newton's method may swing where the curve is flat.
    const scale = Math.min(1, 4 / Math.max(Math.abs(step0), Math.abs(step1), 1e-12));
    intercept -= scale * step0;
    slope -= scale * step1;
    if (Math.max(Math.abs(step0), Math.abs(step1)) < 1e-10) break;
  }
  return { intercept, slope };
}
