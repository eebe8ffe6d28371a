import type { Interval } from '@bioscan/core';

/** Two-sided 95 % point of the normal distribution. */
const z = 1.959963984540054;

/** Wilson's 95 % interval of a share (Wilson 1927): each of `total` is taken as independent. Undefined without any. */
export function wilsonInterval(right: number, total: number, unit: string): Interval | undefined {
  if (total === 0) return undefined;
  const share = right / total;
  const scale = 1 + z ** 2 / total;
  const centre = (share + z ** 2 / (2 * total)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / total + z ** 2 / (4 * total ** 2));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half), level: 0.95, unit };
}
