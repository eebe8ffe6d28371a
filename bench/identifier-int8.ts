import { embed, rng, type Identified, type Neighbours, type Picture } from '@bioscan/core';
import { agreement, labelTable, resampler } from '@bioscan/eval';
import { openIdentifier } from '@bioscan/identify/node';
import { exactNeighbours } from '@bioscan/runtime';
import { openRuntime } from '@bioscan/runtime/node';
import { photograph, photographer, simulate, worlds } from '@bioscan/sim';

export interface IdentifierInt8Sizes {
  readonly queries: number;
  readonly keys: number;
  readonly species: number;
  readonly photo: { readonly width: number; readonly height: number };
}

/** Sizes of the comparison. Pinned by a test: at least 10,000 queries. */
export const identifierInt8Sizes: IdentifierInt8Sizes = {
  queries: 10_000,
  keys: 5_000,
  species: 600,
  photo: { width: 128, height: 96 },
};

/**
 * What 8 bits cost an identifier: 1-NN of simulated photos among simulated references, its float32 against its int8 encoder, paired over the
 * same queries. Keys are embedded at the same precision as queries. `BIOSCAN_IDENTIFIER` names the identifier's folder.
 */
export async function identifierInt8Bench(
  folder: string,
  sizes: IdentifierInt8Sizes = identifierInt8Sizes,
): Promise<readonly Readonly<Record<string, string | number>>[]> {
  const specimens = sizes.queries + sizes.keys;
  const simulation = simulate({ seed: 61, specimens, species: sizes.species, world: worlds.complete });
  const order = rng(62).shuffle([...simulation.specimens]);
  const take = photographer(simulation, rng(63));
  const photo = (processId: string): Picture => {
    const { morphology, individual, scene } = take.job(processId, []);
    return photograph(morphology, individual, scene, sizes.photo).picture;
  };
  function* inputs(from: number, to: number): Generator<Identified<Picture>> {
    for (const { processId } of order.slice(from, to)) yield { id: processId, input: photo(processId) };
  }
  const runtime = openRuntime();
  try {
    const nearest = async (precision: 'float32' | 'int8'): Promise<Neighbours> => {
      const identifier = await openIdentifier(folder, runtime, { precision });
      const { encoder } = identifier;
      const search = { k: 1, metric: 'cosine' } as const;
      const queries = embed(encoder, inputs(0, sizes.queries));
      const found = await exactNeighbours(runtime, queries, embed(encoder, inputs(sizes.queries, specimens)), search);
      await identifier.close();
      return found;
    };
    const [reference, candidate] = [await nearest('float32'), await nearest('int8')];
    const labels = labelTable(order);
    return (['order', 'family', 'genus', 'species'] as const).map((rank) => {
      const found = agreement(reference, candidate, labels, { rank, resampler: resampler({ rng: rng(64) }) });
      const { interval, value } = found.difference;
      return {
        rank,
        queries: found.queries,
        'same key %': percent(found.sameKey),
        'float32 %': percent(found.reference.value),
        'int8 %': percent(found.candidate.value),
        'difference, points': `${percent(value)} [${percent(interval?.low)}, ${percent(interval?.high)}]`,
      };
    });
  } finally {
    await runtime.close();
  }
}

function percent(share: number | undefined): string {
  return share === undefined ? '–' : (100 * share).toFixed(2);
}
