/** Distribution function of the standard normal, within 1e-14. */
export function normalCdf(x: number): number {
  const tail = 0.5 * upperGammaHalf((x * x) / 2);
  return x > 0 ? 1 - tail : tail;
}

/** Distribution function of Student's t, by the incomplete beta function (Abramowitz and Stegun 26.7.1). */
export function studentTCdf(t: number, degrees: number): number {
  const tail = 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
  return t > 0 ? 1 - tail : tail;
}

/** Quantile of Student's t at a share in (0, 1); within 1e-10 relative. */
export function studentTQuantile(share: number, degrees: number): number {
  if (!(share > 0 && share < 1)) throw new RangeError(`align: quantile, got a share of ${share}, expected 0 to 1`);
  if (!(degrees > 0)) throw new RangeError(`align: Student's t, got ${degrees} degrees of freedom, expected above 0`);
  if (share < 0.5) return -studentTQuantile(1 - share, degrees);
  return bisect((t) => studentTCdf(t, degrees) - share);
}

/**
 * P(T > t) for the noncentral t: T = (Z + shift) / sqrt(V / degrees), integrated over the chi distribution of the denominator
 * by Simpson's rule on 4,000 parts; within 1e-9.
 */
export function noncentralTTail(t: number, degrees: number, shift: number): number {
  const parts = 4000;
  const top = 1 + 12 / Math.sqrt(2 * degrees);
  const width = top / parts;
  const logScale = Math.LN2 + (degrees / 2) * Math.log(degrees / 2) - logGamma(degrees / 2);
  let sum = 0;
  for (let i = 0; i <= parts; i++) {
    const s = i * width;
    const logS = degrees === 1 ? 0 : (degrees - 1) * Math.log(s);
    const density = Math.exp(logScale + logS - (degrees * s * s) / 2);
    const weight = i === 0 || i === parts ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * density * normalCdf(shift - t * s);
  }
  return (sum * width) / 3;
}

/** The zero above 0 of a function that rises from below 0. */
export function bisect(rising: (x: number) => number): number {
  let [low, high] = [0, 1];
  while (rising(high) < 0 && high < 1e300) [low, high] = [high, high * 2];
  for (let i = 0; i < 200 && high - low > 1e-13 * high; i++) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Lanczos approximation with g = 7, 9 terms; x > 0. */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const series = lanczos.reduce((sum, term, i) => (i === 0 ? term : sum + term / (x - 1 + i)), 0);
  const base = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(base) - base + Math.log(series);
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Regularised incomplete beta function I_x(a, b), by its continued fraction (modified Lentz). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  let c = 1;
  let d = 1 / nonzero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 1000; m++) {
    const even = (m * (b - m) * x) / ((a - 1 + 2 * m) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 1 + 2 * m));
    let change = 1;
    for (const term of [even, odd]) {
      d = 1 / nonzero(1 + term * d);
      c = nonzero(1 + term / c);
      change = c * d;
      fraction *= change;
    }
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return (front * fraction) / a;
}

/** Regularised upper incomplete gamma function Q(1/2, y) = erfc(√y): a series below 1.5, a continued fraction above. */
function upperGammaHalf(y: number): number {
  if (y === 0) return 1;
  const front = Math.sqrt(y) * Math.exp(-y) * Math.sqrt(1 / Math.PI);
  if (y < 1.5) {
    let [term, sum] = [2, 2];
    for (let n = 1; Math.abs(term) > 1e-17 * sum; n++) {
      term *= y / (0.5 + n);
      sum += term;
    }
    return 1 - front * sum;
  }
  let b = y + 0.5;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n <= 1000; n++) {
    b += 2;
    const term = -n * (n - 0.5);
    d = 1 / nonzero(term * d + b);
    c = nonzero(b + term / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return front * fraction;
}

/** Lentz's method divides by its terms. */
function nonzero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}
