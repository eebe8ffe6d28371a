import type { Picture } from '@bioscan/core';

/** @throws RangeError when sides and data do not agree, or a side is zero */
export function checkPicture({ width, height, data }: Picture): void {
  const whole = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (whole && data.length === width * height * 3) return;
  throw new RangeError(
    `vision: picture of ${width} x ${height} with ${data.length} values, expected sides from 1 and width x height x 3 values`,
  );
}

/** @throws RangeError when `value` is no whole number from 1 */
export function checkSide(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) throw new RangeError(`vision: ${what}, got ${value}, expected 1 or more`);
}
