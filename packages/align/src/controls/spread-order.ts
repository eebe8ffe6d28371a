import { sha256, type EmbeddingBlock, type Runtime } from '@bioscan/core';
import type { SubjectSource } from './subject.js';
import { queriesOf } from './check-roles.js';
import { embedRaw } from './embed-raw.js';

/**
 * Rows in the order in which one would sequence them for the most variety: the first at the centre, each next one the farthest from all before
 * (Gonzalez 1985). A prefix is spread over all looks, so about one a cluster. O(rows² x width).
 */
export function spreadOrder({ ids, vectors: { data, shape } }: EmbeddingBlock): number[] {
  const width = shape[1] ?? 0;
  const nearest = new Float64Array(ids.length).fill(Infinity);
  const order: number[] = [];
  const taken = new Uint8Array(ids.length);
  let next = centralRow(data, ids.length, width);
  while (order.length < ids.length) {
    order.push(next);
    taken[next] = 1;
    let farthest = -1;
    for (let row = 0; row < ids.length; row++) {
      if (taken[row] === 1) continue;
      let square = 0;
      for (let i = 0; i < width; i++) {
        square += ((data[row * width + i] as number) - (data[next * width + i] as number)) ** 2;
      }
      if (square < (nearest[row] as number)) nearest[row] = square;
      if (farthest === -1 || (nearest[row] as number) > (nearest[farthest] as number)) farthest = row;
    }
    next = farthest;
  }
  return order;
}

function centralRow(data: Float32Array, rows: number, width: number): number {
  const mean = new Float64Array(width);
  for (let i = 0; i < rows * width; i++) mean[i % width] = (mean[i % width] as number) + (data[i] as number) / rows;
  let [best, least] = [0, Infinity];
  for (let row = 0; row < rows; row++) {
    let square = 0;
    for (let i = 0; i < width; i++) square += ((data[row * width + i] as number) - (mean[i] as number)) ** 2;
    if (square < least) [best, least] = [row, square];
  }
  return best;
}

/** The subject with a label `spread`: the place of each training row in the order of its raw photo vectors, which cost no DNA and no names. */
export function withSpread(source: SubjectSource, runtime: Runtime): SubjectSource {
  const hash = sha256(`${source.hash} spread`);
  return {
    ...source,
    hash,
    origin: queriesOf(source),
    open: async () => {
      const subject = await source.open();
      const order = spreadOrder(await embedRaw(subject, subject.data, 'image', runtime));
      const places: string[] = [];
      order.forEach((row, place) => (places[row] = place.toString().padStart(7, '0')));
      const data = { ...subject.data, labels: { ...subject.data.labels, spread: places } };
      return { ...subject, hash, data };
    },
  };
}
