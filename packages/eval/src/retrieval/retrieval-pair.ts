import type { Modality } from '@bioscan/core';

/** What is asked and what answers: queries of one modality against keys of one or several. */
export interface RetrievalPair {
  readonly query: Modality;
  /** Several: one mixed pool, in this order. */
  readonly keys: readonly Modality[];
  /**
   * `centred` takes the mean direction of each modality's keys from its keys and queries, so that keys of the query's own modality are not
   * nearer for being of that modality. Default `kept`.
   */
  readonly gap?: 'kept' | 'centred';
}

/** As in `image → dna` or `image → image+dna, centred`. */
export function pairName({ query, keys, gap = 'kept' }: RetrievalPair): string {
  return `${query} → ${keys.join('+')}${gap === 'centred' ? ', centred' : ''}`;
}

/** Every query modality against every key modality alone, and each against the mixed pool where there are several. */
export function everyPair(queries: readonly Modality[], keys: readonly Modality[]): RetrievalPair[] {
  return queries.flatMap((query) => [
    ...keys.map((key): RetrievalPair => ({ query, keys: [key] })),
    ...(keys.length < 2 ? [] : [{ query, keys } as const, { query, keys, gap: 'centred' } as const]),
  ]);
}
