import {
  BioscanError,
  collect,
  embeddingsOf,
  ranks,
  row,
  tensor,
  type Embeddings,
  type Identified,
  type LabelRank,
  type Lineage,
  type Rank,
  type Rng,
  type Runtime,
  type Tensor,
} from '@bioscan/core';
import {
  barcodeBertOf,
  barcodeEncoder,
  untrainedCheckpoint,
  type BarcodeBertConfig,
  type BarcodeCheckpoint,
} from '@bioscan/dna';
import {
  alignmentNeighbours,
  barcodeProfile,
  kmerEncoder,
  profileEncoder,
  sintax,
  type SintaxResult,
} from '@bioscan/dna/baselines';
import type { LabelTable } from '@bioscan/eval';
import { exactNeighbours } from '@bioscan/runtime';
import { chooseReadOut, chooseTransform, type ScoredReadOut } from './choose-read-out.js';
import type { OpenWorldSets } from './sets.js';
import { encoderSystem, type System } from './system.js';

/** k-mer vectors under cosine; centred, or up to k = 4 whitened, when that is better on the validation species. */
export async function kmerSystem(k: number, sets: OpenWorldSets, runtime: Runtime): Promise<System> {
  const options = { name: `${k}-mers`, kind: 'baseline' } as const;
  // Whitening 1,024 features or more takes minutes.
  const transforms = k <= 4 ? (['none', 'centre', 'whiten'] as const) : (['none', 'centre'] as const);
  return (await chooseTransform(kmerEncoder({ k }), sets, runtime, options, transforms)).system;
}

/** Alignment to every key: exact match, k-mer prefilter, semi-global identity over 50 sites or more, so that short windows are compared too. */
export function alignmentSystem(keys: readonly Identified<string>[]): System {
  return {
    name: 'alignment',
    kind: 'baseline',
    readsBarcodes: true,
    nearest: (queries) => alignmentNeighbours(queries, keys, { k: 5, minimumOverlap: 50 }),
  };
}

/** Aligned sites less the keys' base frequencies, under cosine: rare bases count most. Only the frequencies are fitted, on the keys. */
export function alignedSitesSystem({ keys }: OpenWorldSets, runtime: Runtime): Promise<System> {
  const encoder = profileEncoder(barcodeProfile(keys.map(({ input }) => input)));
  return encoderSystem(encoder, keys, runtime, { name: 'aligned sites', kind: 'baseline' });
}

/** k-mer votes of the SINTAX kind, added up at each rank. They use the names of the references, as everyone's references have names. */
export function sintaxSystem({ keys, labels }: OpenWorldSets, rng: Rng): System {
  const references = keys.map(({ id, input }) => ({ id, barcode: input, lineage: lineageOf(labels, id) }));
  const classifier = sintax(references, { rng });
  return {
    name: 'SINTAX-like votes',
    kind: 'baseline',
    readsBarcodes: true,
    nearest: (queries) => classifier.neighbours(queries),
    predict: async (queries, atRanks) => {
      const results: SintaxResult[] = [];
      for (const { input } of queries) {
        results.push(classifier.classify(input));
        if (results.length % 16 === 0) await breath();
      }
      return atRanks.filter(isNamed).map((rank) => ({
        rank,
        queryIds: queries.map(({ id }) => id),
        labels: results.map((result) => [result[rank]?.name].filter((name) => name !== undefined)),
        depth: 1,
        keyLabels: new Set(keys.map(({ id }) => labels.labelOf(id, rank)).filter((label) => label !== undefined)),
      }));
    },
  };
}

/** SINTAX votes for names; a BIN is none. */
function isNamed(rank: LabelRank): rank is Rank {
  return rank !== 'bin';
}

function lineageOf(labels: LabelTable, id: string): Lineage {
  return Object.fromEntries(
    ranks.flatMap((rank) => {
      const name = labels.labelOf(id, rank);
      return name === undefined ? [] : [[rank, name]];
    }),
  );
}

/** Lets timers and progress run. */
function breath(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A run of a system that is a checkpoint, with every read-out that was tried on the validation species. */
export interface CheckpointRun {
  readonly seed: number;
  readonly system: System;
  readonly tried: readonly ScoredReadOut[];
}

/** A checkpoint read out in the way that is best on the validation species, and opened. */
export async function checkpointSystem(
  checkpoint: BarcodeCheckpoint,
  seed: number,
  name: string,
  sets: OpenWorldSets,
  runtime: Runtime,
): Promise<CheckpointRun> {
  const { best, tried } = await chooseReadOut(checkpoint, sets, runtime);
  const { layer, pooling, transform } = best;
  const encoder = await barcodeEncoder(checkpoint, runtime, { layer, pooling });
  const kind = checkpoint.steps === 0 ? 'baseline' : 'self-supervised';
  return { seed, tried, system: await encoderSystem(encoder, sets.keys, runtime, { name, kind, transform }) };
}

/** The same architecture with random parameters: what the architecture alone gives. */
export function untrainedSystem(
  config: BarcodeBertConfig,
  seed: number,
  sets: OpenWorldSets,
  runtime: Runtime,
): Promise<CheckpointRun> {
  return checkpointSystem(
    untrainedCheckpoint(barcodeBertOf(config), seed),
    seed,
    'untrained BarcodeBERT',
    sets,
    runtime,
  );
}

/** Vectors from a file: any encoder's, as long as they cover the keys and the queries. They cannot be perturbed. */
export async function embeddingsSystem(
  name: string,
  embeddings: Embeddings,
  sets: OpenWorldSets,
  runtime: Runtime,
): Promise<System> {
  const { ids, vectors } = await collect(embeddings);
  const rowOf = new Map(ids.map((id, i) => [id, i]));
  function blockOf(items: readonly Identified<string>[]): { ids: string[]; vectors: typeof vectors } {
    const rows = items.map(({ id }) => {
      const row = rowOf.get(id);
      if (row === undefined)
        throw new BioscanError(
          'not-found',
          `cli: ${name}, got no vector of '${id}', expected one; embed the whole table`,
          { file: name, id },
        );
      return row;
    });
    return { ids: items.map(({ id }) => id), vectors: gather(vectors, rows) };
  }
  const keys = embeddingsOf(blockOf(sets.keys), embeddings.source);
  return {
    name,
    kind: embeddings.source.corpus?.members.length === 0 ? 'baseline' : 'self-supervised',
    source: embeddings.source,
    readsBarcodes: false,
    nearest: (queries) =>
      exactNeighbours(runtime, embeddingsOf(blockOf(queries), embeddings.source), keys, { k: 5, metric: 'cosine' }),
    vectors: (items) => Promise.resolve(blockOf(items)),
  };
}

function gather(matrix: Tensor<'float32'>, rows: readonly number[]): Tensor<'float32'> {
  const width = matrix.shape[1] ?? 0;
  const data = new Float32Array(rows.length * width);
  rows.forEach((from, to) => {
    data.set(row(matrix, from), to * width);
  });
  return tensor('float32', [rows.length, width], data);
}
