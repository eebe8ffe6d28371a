import { createHash } from 'node:crypto';
import { inMemory, type AlignmentData } from '@bioscan/align';
import { ranks, rng, type Lineage } from '@bioscan/core';
import { perturbBarcode } from '@bioscan/dna';
import { kmerEncoder } from '@bioscan/dna/baselines';
import { colourHistogram } from '@bioscan/vision';
import type { SmallPhoto } from './small-photo.js';
import type { StudySettings } from './study-settings.js';
import { taxonomyVector, toGenus } from './taxonomy-vector.js';

/** A specimen with everything that any arm may read. */
export interface StudyRecord {
  readonly id: string;
  /** As the record names it: what training reads. */
  readonly lineage: Lineage;
  /** What counts in an evaluation. Default: the record's. */
  readonly truth?: Lineage;
  readonly bin?: string;
  readonly barcode?: string;
  readonly photo: SmallPhoto;
}

export interface RowOptions {
  /** Labels of the rows: the record's in training, the truth in an evaluation. */
  readonly labels: 'record' | 'truth';
  /** Subtracted from k-mer vectors; the mean of the training rows. */
  readonly kmerMean: Float32Array;
  /** Further label columns. */
  readonly extra?: Readonly<Record<string, readonly (string | undefined)[]>>;
}

/** Records as rows of an alignment: photos, barcodes as centred k-mer vectors (with four windows as views) and as letters, names, colours. */
export async function studyRows(
  records: readonly StudyRecord[],
  settings: StudySettings,
  options: RowOptions,
): Promise<AlignmentData> {
  const { labels, kmerMean, extra = {} } = options;
  const { textWidth } = settings;
  const lineages = records.map(({ lineage, truth = lineage }) => (labels === 'truth' ? truth : lineage));
  const colours = await colourHistogram().encode(records.map(({ photo }) => photo.plain));
  const width = colours.shape[1] as number;
  const isTraining = labels === 'record';
  return {
    ids: records.map(({ id }) => id),
    modalities: {
      image: inMemory(records.map(({ photo }) => photo)),
      dna: inMemory(await kmerViews(records, settings, kmerMean, isTraining ? 4 : 0)),
      dnaRandom: inMemory(records.map(({ barcode }) => barcode)),
      text: inMemory(lineages.map((lineage) => [taxonomyVector(lineage, textWidth)])),
      textToGenus: inMemory(lineages.map((lineage) => [taxonomyVector(toGenus(lineage), textWidth)])),
      colour: inMemory(records.map((_, i) => [colours.data.subarray(i * width, (i + 1) * width)])),
    },
    labels: {
      ...Object.fromEntries(ranks.map((rank) => [rank, lineages.map((lineage) => lineage[rank])])),
      bin: records.map(({ bin }) => bin),
      ...extra,
    },
    hash: contentHash(records, settings, options),
  };
}

/** Over all that the rows are made of: names, barcodes, pixels of photos and views, and what is subtracted. */
function contentHash(
  records: readonly StudyRecord[],
  settings: StudySettings,
  { labels, kmerMean, extra = {} }: RowOptions,
): string {
  const hash = createHash('sha256');
  const noted = records.map(({ id, lineage, truth, bin, barcode, photo: { views } }) => [
    ...[id, lineage, truth ?? null, bin ?? null, barcode ?? null, views.length],
  ]);
  hash.update(JSON.stringify([settings, labels, extra, noted])).update(kmerMean);
  for (const { photo } of records) {
    for (const { data } of [photo.plain, ...photo.views]) hash.update(data);
  }
  return hash.digest('hex');
}

/** The mean k-mer vector of some barcodes: what all of COI has in common. */
export async function kmerMeanOf(records: readonly StudyRecord[], { k }: StudySettings): Promise<Float32Array> {
  const barcodes = records.flatMap(({ barcode }) => barcode ?? []);
  const mean = new Float32Array(4 ** k);
  for (const vector of await unitKmers(barcodes, k)) {
    for (let i = 0; i < mean.length; i++)
      mean[i] = (mean[i] as number) + (vector[i] as number) / Math.max(1, barcodes.length);
  }
  return mean;
}

async function kmerViews(
  records: readonly StudyRecord[],
  { k }: StudySettings,
  mean: Float32Array,
  views: number,
): Promise<(readonly Float32Array[] | undefined)[]> {
  const inputs = records.flatMap(({ id, barcode }) =>
    barcode === undefined ? [] : [barcode, ...windows(id, barcode, views)],
  );
  const vectors = await unitKmers(inputs, k);
  const scale = Math.sqrt(vectors[0]?.length ?? 1);
  let next = 0;
  return records.map(({ barcode }) => {
    if (barcode === undefined) return undefined;
    const own = vectors.slice(next, next + 1 + views);
    next += 1 + views;
    // Entries of about 1, as a network that starts from random wants them.
    return own.map((vector) => vector.map((value, i) => scale * (value - (mean[i] as number))));
  });
}

/** Windows of seven letters in ten, as a poor read gives them. */
function windows(id: string, barcode: string, count: number): string[] {
  const random = rng(1).split(id);
  const letters = Math.ceil(0.7 * barcode.length);
  return Array.from({ length: count }, (_, i) => perturbBarcode(barcode, { kind: 'window', letters }, random.split(i)));
}

async function unitKmers(barcodes: readonly string[], k: number): Promise<Float32Array[]> {
  const encoder = kmerEncoder({ k, weighting: 'frequency' });
  const vectors: Float32Array[] = [];
  for (let from = 0; from < barcodes.length; from += encoder.maxBatch) {
    const batch = barcodes.slice(from, from + encoder.maxBatch);
    const { data } = await encoder.encode(batch);
    for (let i = 0; i < batch.length; i++) {
      const vector = data.subarray(i * encoder.dimension, (i + 1) * encoder.dimension).map(Math.sqrt);
      vectors.push(vector);
    }
  }
  return vectors;
}
