import { detach, equal, where } from '../functions/elementwise.js';
import { gather } from '../functions/indexing.js';
import { unsqueeze } from '../functions/layout.js';
import type { Value } from '../graph.js';

export interface EmbeddingOptions {
  readonly rows: number;
  readonly width: number;
  /** Standard deviation of the start. Default 0.02. */
  readonly deviation?: number;
  /** A row that starts at zero and never learns, as torch's padding_idx. */
  readonly frozenRow?: number;
}

/** Table lookup: ids (…) of int64 give (…, width). Parameter `name.weight` (rows, width). */
export function embedding(ids: Value, name: string, options: EmbeddingOptions): Value {
  const { rows, width, deviation = 0.02, frozenRow } = options;
  const initial = { normal: deviation, ...(frozenRow === undefined ? {} : { zeroRow: frozenRow }) };
  const table = ids.graph.parameter(`${name}.weight`, [rows, width], { initial });
  const found = gather(table, ids);
  if (frozenRow === undefined || ids.graph.mode === 'inference') return found;
  const frozen = unsqueeze(equal(ids, frozenRow), [-1]);
  return where(frozen, detach(found), found);
}
