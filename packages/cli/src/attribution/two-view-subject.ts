import { inMemory, vectors, type AlignmentData, type Modality, type VectorViews } from '@bioscan/align';
import type { QuerySets, Subject, SubjectSource } from '@bioscan/align/controls';
import { ranks, rng, sha256, type Rng, type Specimen } from '@bioscan/core';
import { barcodeCnn } from '@bioscan/dna';
import { kmerEncoder } from '@bioscan/dna/baselines';
import { dealWorld, type WorldDeal } from './deal-world.js';
import { taxonomyVector, toGenus } from './taxonomy-vector.js';

export interface TwoViewOptions {
  readonly name: string;
  /** Records with species and barcode. */
  readonly records: readonly Specimen[];
  readonly seed: number;
  /** Letters of the cheap view, and where it starts. Default 120 from 60. */
  readonly letters?: number;
  readonly start?: number;
  /** Share of its letters that are misread. Default 0.15: at 0.03 the fragment alone names 93 % of species, and nothing is left to teach. */
  readonly noise?: number;
}

type Settled = Required<Omit<TwoViewOptions, 'records'>>;

const kmerLetters = 5;
const textWidth = 256;

/**
 * The real two-view test as a subject: `image` is a noisy fragment of a barcode, `dna` the rest of the same barcode, which is thrown away before
 * the test. One record a distinct barcode of 500 unambiguous letters or more; species are dealt as in a world.
 */
export function twoViewSubject({ records, ...options }: TwoViewOptions): SubjectSource {
  const settled: Settled = { letters: 120, start: 60, noise: 0.15, ...options };
  const kept = distinctClean(records);
  const hash = sha256(
    JSON.stringify([
      ...['two views', 2, settled],
      kept.map(({ processId, lineage, bin, barcode }) => [processId, lineage, bin, barcode]),
    ]),
  );
  return { name: settled.name, hash, open: () => opened(kept, settled, hash) };
}

async function opened(kept: readonly Specimen[], settled: Settled, hash: string): Promise<Subject> {
  const numbers = new Map<string, number>();
  const truth = kept.map(({ lineage }) => {
    const name = lineage.species as string;
    if (!numbers.has(name)) numbers.set(name, numbers.size);
    return { species: numbers.get(name) as number };
  });
  const deal: WorldDeal = dealWorld({ truth, specimens: kept }, settled.seed);
  const take = (positions: readonly number[]): Specimen[] => positions.map((at) => kept[at] as Specimen);
  const training = take(deal.training);
  const random = rng(settled.seed);
  const means = {
    weak: meanOf(await kmers(training.map((record) => weakView(record, settled, random)))),
    strong: meanOf(await kmers(training.map((record) => strongView(record, settled)))),
  };
  const rows = (positions: readonly number[], views: number): Promise<AlignmentData> =>
    twoViewRows(take(positions), settled, means, views, random);
  const test: QuerySets = {
    keys: await rows([...deal.training, ...deal.unseenKeys], 0),
    seen: await rows(deal.seenQueries, 0),
    unseen: await rows(deal.unseenQueries, 0),
  };
  const data = await rows(deal.training, 4);
  // Tuned on or reported, never both: the source does not say that its queries are apart.
  return { name: settled.name, hash, data, modalities: towers(), validation: test, test };
}

function towers(): Record<string, Modality> {
  const projection = { kind: 'mlp', hidden: 128 } as const;
  return {
    image: { tower: vectors(4 ** kmerLetters), projection },
    dna: { tower: vectors(4 ** kmerLetters), projection },
    dnaRandom: { tower: barcodeCnn({ widths: [16, 16, 16], dimension: 64, normalisation: 'group' }) },
    text: { tower: vectors(textWidth), projection },
    textToGenus: { tower: vectors(textWidth), projection },
  };
}

async function twoViewRows(
  records: readonly Specimen[],
  settled: Settled,
  means: { readonly weak: Float32Array; readonly strong: Float32Array },
  views: number,
  random: Rng,
): Promise<AlignmentData> {
  // A row's own fragment, then fragments read again: other errors, a few letters to the side.
  const weak = records.flatMap((record) => [
    weakView(record, settled, random),
    ...Array.from({ length: views }, (_, i) =>
      weakView(
        record,
        { ...settled, start: settled.start - 10 + random.split(`${record.processId} ${i}`).integer(21) },
        random.split(i),
      ),
    ),
  ]);
  const strong = records.map((record) => strongView(record, settled));
  const each = (list: readonly Float32Array[], mean: Float32Array, size: number): VectorViews[] =>
    records.map((_, i) => list.slice(i * size, (i + 1) * size).map((vector) => centred(vector, mean)));
  return {
    ids: records.map(({ processId }) => processId),
    modalities: {
      image: inMemory(each(await kmers(weak), means.weak, 1 + views)),
      dna: inMemory(each(await kmers(strong), means.strong, 1)),
      dnaRandom: inMemory(strong),
      text: inMemory(records.map(({ lineage }) => [taxonomyVector(lineage, textWidth)])),
      textToGenus: inMemory(records.map(({ lineage }) => [taxonomyVector(toGenus(lineage), textWidth)])),
    },
    labels: {
      ...Object.fromEntries(ranks.map((rank) => [rank, records.map(({ lineage }) => lineage[rank])])),
      bin: records.map(({ bin }) => bin),
    },
    hash: sha256(
      JSON.stringify([
        ...[settled, views, sha256([...means.weak, ...means.strong].join())],
        records.map(({ processId, lineage, bin, barcode }) => [processId, lineage, bin, barcode]),
      ]),
    ),
  };
}

/** Letters `start` to `start + letters`, some misread. */
function weakView({ processId, barcode = '' }: Specimen, { start, letters, noise }: Settled, random: Rng): string {
  const own = random.split(`noise ${processId}`);
  return Array.from(barcode.slice(start, start + letters), (letter) =>
    own.uniform() < noise ? 'ACGT'.charAt(own.integer(4)) : letter,
  ).join('');
}

/** What lies behind the cheap view: no letter is in both. */
function strongView({ barcode = '' }: Specimen, { start, letters }: Settled): string {
  return barcode.slice(start + letters + 10);
}

function distinctClean(records: readonly Specimen[]): Specimen[] {
  const seen = new Set<string>();
  return records.filter(({ barcode, lineage }) => {
    if (barcode === undefined || lineage.species === undefined || seen.has(barcode)) return false;
    if (barcode.length < 500 || !/^[ACGT]+$/.test(barcode)) return false;
    seen.add(barcode);
    return true;
  });
}

async function kmers(sequences: readonly string[]): Promise<Float32Array[]> {
  const encoder = kmerEncoder({ k: kmerLetters, weighting: 'frequency' });
  const found: Float32Array[] = [];
  for (let from = 0; from < sequences.length; from += encoder.maxBatch) {
    const batch = sequences.slice(from, from + encoder.maxBatch);
    const { data } = await encoder.encode(batch);
    batch.forEach((_, i) =>
      found.push(data.subarray(i * encoder.dimension, (i + 1) * encoder.dimension).map(Math.sqrt)),
    );
  }
  return found;
}

function meanOf(list: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array(4 ** kmerLetters);
  for (const vector of list) {
    for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] as number) + (vector[i] as number) / list.length;
  }
  return mean;
}

function centred(vector: Float32Array, mean: Float32Array): Float32Array {
  const scale = Math.sqrt(vector.length);
  return vector.map((value, i) => scale * (value - (mean[i] as number)));
}
