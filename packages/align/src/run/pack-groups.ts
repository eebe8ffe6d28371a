import type { Rng } from '@bioscan/core';

/**
 * Batches of whole groups, each row once: best fit, largest first (Johnson 1973), groups of equal size and equal room in random order. Groups
 * above the batch size are cut into even parts. The sizes of the batches depend on those of the groups alone. O(groups x size).
 */
export function packGroups(
  groups: readonly (readonly number[])[],
  size: number,
  random: Rng,
): readonly (readonly number[])[] {
  const parts = random.shuffle(groups.flatMap((group) => evenParts(random.shuffle([...group]), size)));
  parts.sort((a, b) => b.length - a.length);
  // Open batches by the room that they have left.
  const open: number[][][] = Array.from({ length: size }, () => []);
  const batches: number[][] = [];
  for (const part of parts) {
    const batch = takeBestFit(open, part.length, random) ?? newBatch(batches);
    batch.push(...part);
    if (batch.length < size) open[size - batch.length]?.push(batch);
  }
  return random.shuffle(batches).map((batch) => random.shuffle(batch));
}

function evenParts(rows: readonly number[], size: number): (readonly number[])[] {
  const count = Math.ceil(rows.length / size);
  const cut = (i: number): number => Math.floor((i * rows.length) / count);
  return Array.from({ length: count }, (_, i) => rows.slice(cut(i), cut(i + 1)));
}

function takeBestFit(open: readonly number[][][], rows: number, random: Rng): number[] | undefined {
  for (let room = rows; room < open.length; room++) {
    const found = open[room] as number[][];
    if (found.length > 0) return found.splice(random.integer(found.length), 1)[0];
  }
  return undefined;
}

function newBatch(batches: number[][]): number[] {
  const batch: number[] = [];
  batches.push(batch);
  return batch;
}
