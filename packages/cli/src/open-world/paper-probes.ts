import { collect, embed, embeddingsOf, rng, type Identified, type Runtime, type Store } from '@bioscan/core';
import { fineTune, type AlignmentBudget, type AlignmentProgress, type Classifier } from '@bioscan/align';
import {
  augmentedTower,
  barcodeBertOf,
  barcodeEncoder,
  cleanBarcode,
  frameShift,
  type BarcodeCheckpoint,
} from '@bioscan/dna';
import {
  knnPredictions,
  labelledRows,
  linearProbe,
  probePredictions,
  scorePredictions,
  type Outcomes,
} from '@bioscan/eval';
import { exactNeighbours } from '@bioscan/runtime';
import type { OpenWorldSets } from './sets.js';

/** `knn`: genus of unseen species by the one nearest cosine neighbour; `linear` and `fine-tuned`: species of seen ones. */
export type PaperProbe = 'knn' | 'linear' | 'fine-tuned';

export const paperProbeNames: readonly PaperProbe[] = ['knn', 'linear', 'fine-tuned'];

/** What a probe got right, query by query. Choose by `validation`, never by `test`. */
export interface ProbeOutcomes {
  /** `val`, or `val_unseen`; absent where val_unseen shares species with test_unseen. Fine-tuning took its best epoch there, too. */
  readonly validation?: Outcomes;
  readonly test: Outcomes;
}

export interface PaperProbesOptions {
  readonly runtime: Runtime;
  /** Where fine-tuning keeps its run, and resumes. */
  readonly store: Store;
  readonly prefix?: string;
  /** Default: `knn` and `linear`. */
  readonly probes?: readonly PaperProbe[];
  /** Default 0. */
  readonly seed?: number;
  /** In place of the paper's 35 epochs of batches of 16. */
  readonly fineTuning?: AlignmentBudget;
  readonly signal?: AbortSignal;
  readonly onProgress?: (what: string, progress?: AlignmentProgress) => void;
}

/**
 * The probes of the BIOSCAN-5M paper on a checkpoint, with its recipes: 1-NN (cosine, k = 1), linear (SGD on globally scaled vectors) and fine-tuning (mean over
 * all positions, frame shifts, best epoch on val), each scored query by query on validation and on test. Vectors are masked means of the last layer.
 * Source: bioscan-ml/BarcodeBERT `knn_probing.py`, `baselines/linear_probing.py`, `finetuning.py`.
 */
export async function paperProbes(
  checkpoint: BarcodeCheckpoint,
  sets: OpenWorldSets,
  options: PaperProbesOptions,
): Promise<Readonly<Partial<Record<PaperProbe, ProbeOutcomes>>>> {
  const { probes = ['knn', 'linear'], onProgress = () => undefined } = options;
  const outcomes: Partial<Record<PaperProbe, ProbeOutcomes>> = {};
  for (const probe of paperProbeNames.filter((one) => probes.includes(one))) {
    onProgress(probe);
    outcomes[probe] = await outcomesOf(probe, checkpoint, sets, options);
  }
  return outcomes;
}

function outcomesOf(
  probe: PaperProbe,
  checkpoint: BarcodeCheckpoint,
  sets: OpenWorldSets,
  options: PaperProbesOptions,
): Promise<ProbeOutcomes> {
  switch (probe) {
    case 'knn':
      return nearestOutcomes(checkpoint, sets, options.runtime);
    case 'linear':
      return linearOutcomes(checkpoint, sets, options);
    case 'fine-tuned':
      return fineTunedOutcomes(checkpoint, sets, options);
    default:
      throw new TypeError(`cli: unknown probe ${String(probe satisfies never)}`);
  }
}

async function vectorsOf(
  checkpoint: BarcodeCheckpoint,
  runtime: Runtime,
  ...sets: readonly (readonly Identified<string>[])[]
): Promise<Awaited<ReturnType<typeof collect>>[]> {
  const layer = checkpoint.config.layers;
  const encoder = await barcodeEncoder(checkpoint, runtime, { pooling: 'masked-mean', layer });
  try {
    const blocks = [];
    for (const items of sets) blocks.push(await collect(embed(encoder, items)));
    return blocks;
  } finally {
    await encoder.close();
  }
}

async function nearestOutcomes(
  checkpoint: BarcodeCheckpoint,
  { keys, valUnseen, testUnseen, labels, mayChoose }: OpenWorldSets,
  runtime: Runtime,
): Promise<ProbeOutcomes> {
  const blocks = await vectorsOf(checkpoint, runtime, keys, testUnseen, ...(mayChoose ? [valUnseen] : []));
  const dimension = checkpoint.config.width;
  const source = { id: 'probed', modality: 'dna', dimension, settings: {} } as const;
  const [references, test, validation] = blocks.map((block) => embeddingsOf(block, source));
  if (references === undefined || test === undefined) throw new TypeError('cli: no vectors');
  // More than one neighbour, since the nearest may have no genus; the nearest with one decides.
  const k = Math.min(20, keys.length);
  const scored = async (queries: typeof test): Promise<Outcomes> => {
    const neighbours = await exactNeighbours(runtime, queries, references, { k, metric: 'cosine' });
    return scorePredictions(knnPredictions(neighbours, labels, 'genus', { k: 1 }), labels);
  };
  return {
    ...(validation === undefined ? {} : { validation: await scored(validation) }),
    test: await scored(test),
  };
}

async function linearOutcomes(
  checkpoint: BarcodeCheckpoint,
  sets: OpenWorldSets,
  { runtime, seed = 0, signal }: PaperProbesOptions,
): Promise<ProbeOutcomes> {
  const { keys, labels } = sets;
  const [train, validation, test] = await vectorsOf(checkpoint, runtime, keys, sets.val, sets.test);
  if (train === undefined || validation === undefined || test === undefined) throw new TypeError('cli: no vectors');
  const { x, y } = labelledRows(train, labels, 'species');
  const probe = linearProbe({ rng: rng(seed), recipe: 'paper' });
  const fitted = await probe.fit(x, y, runtime, signal === undefined ? {} : { signal });
  const scored = (queries: typeof test): Outcomes =>
    scorePredictions(probePredictions(fitted, queries, 'species'), labels);
  return { validation: scored(validation), test: scored(test) };
}

async function fineTunedOutcomes(
  checkpoint: BarcodeCheckpoint,
  sets: OpenWorldSets,
  { runtime, store, prefix = '', seed = 0, fineTuning, signal, onProgress }: PaperProbesOptions,
): Promise<ProbeOutcomes> {
  const { labels, keys, val, test } = sets;
  const { config, policy } = checkpoint;
  const rowsOf = (items: readonly Identified<string>[]) => ({
    ids: items.map(({ id }) => id),
    inputs: items.map(({ input }) => cleanBarcode(input, policy).sequence),
    labels: items.map(({ id }) => labels.labelOf(id, 'species')),
  });
  const { openClassifier } = await fineTune(
    {
      tower: augmentedTower(
        barcodeBertOf(config).readOut({ pooling: 'mean-all' }),
        frameShift(config.vocabulary.k),
        'frame shift',
      ),
      weights: { step: 0, tensors: checkpoint.parameters },
      data: rowsOf(keys),
      validation: rowsOf(val),
      preset: 'bioscan5m',
      ...(fineTuning === undefined ? {} : { budget: fineTuning }),
      seed,
    },
    {
      ...{ runtime, store, prefix: `${prefix}fine-tuned/` },
      ...(signal === undefined ? {} : { signal }),
      onProgress: (progress) => onProgress?.('fine-tuned', progress),
    },
  );
  const classifier: Classifier<string> = await openClassifier();
  const keyLabels = new Set(classifier.classes);
  const scored = async (items: readonly Identified<string>[]): Promise<Outcomes> => {
    const { ids, inputs } = rowsOf(items);
    const named = await classifier.classify(inputs, 5);
    return scorePredictions({ rank: 'species', queryIds: ids, labels: named, depth: 5, keyLabels }, labels);
  };
  try {
    return { validation: await scored(val), test: await scored(test) };
  } finally {
    await classifier.close();
  }
}
