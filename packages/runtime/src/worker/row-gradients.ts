import { BioscanError } from '@bioscan/core';
import type { TrainedSlots } from './training-memory.js';

/**
 * Adds up the slopes of equal rows in place, in the order in which they stand: afterwards slope i of the gradient belongs to row
 * `rows.view[i]`, each row once. Returns the number of rows. Slots behind them are zero as far as the kernel may read.
 * @throws BioscanError `engine` for a row outside the table
 */
export function coalesceRows(slots: TrainedSlots, indices: BigInt64Array): number {
  const { rows, gradient, parameter } = slots;
  if (rows === undefined) throw new TypeError(`runtime: '${parameter.name}' has no rows`);
  const { view, width } = rows;
  const slopes = gradient.view;
  const height = parameter.shape[0] ?? 0;
  const places = new Map<number, number>();
  indices.forEach((index, i) => {
    const given = Number(index);
    const row = given < 0 ? given + height : given;
    if (!(row >= 0 && row < height)) {
      throw new BioscanError('engine', `runtime: row ${given} of '${parameter.name}', expected 0 to ${height - 1}`);
    }
    const place = places.get(row);
    if (place === undefined) {
      const next = places.size;
      places.set(row, next);
      view[next] = row;
      if (next !== i) slopes.copyWithin(next * width, i * width, (i + 1) * width);
    } else {
      for (let j = 0; j < width; j++) {
        slopes[place * width + j] = (slopes[place * width + j] as number) + (slopes[i * width + j] as number);
      }
    }
  });
  const end = places.size * width;
  slopes.fill(0, end, Math.min(end + 4, slopes.length));
  return places.size;
}
