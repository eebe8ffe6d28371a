import { rng, tensor, type EmbeddingBlock } from '@bioscan/core';
import {
  adjustedMutualInformation,
  barcodeBertClustering,
  clusteringReport,
  joinModalities,
  labelTable,
  paperClustering,
  plainClustering,
  umap,
  zeroShotClustering,
  type ClusteringTask,
  type LabelledRecord,
} from '@bioscan/eval';
import { describe, expect, it } from 'vitest';

/** 24 species in 8 genera in 2 orders, 7 records each, on a plane of 10 features; features differ a thousandfold in scale. */
const species = 24;
const records: LabelledRecord[] = [];
const rows: number[][] = [];
const random = rng(11);
const genusCentres = Array.from({ length: 8 }, () => Array.from({ length: 10 }, () => 8 * random.normal()));
for (let s = 0; s < species; s++) {
  const centre = (genusCentres[s % 8] ?? []).map((value) => value + 2.5 * random.normal());
  for (let i = 0; i < 7; i++) {
    const lineage = { class: 'Insecta', order: `Order${s % 2}`, genus: `Genus${s % 8}` };
    records.push({
      processId: `P${s}-${i}`,
      lineage: i === 6 ? lineage : { ...lineage, species: `species${s}` },
      ...(s % 3 === 0 ? {} : { bin: `BOLD:${s}` }),
    });
    rows.push(centre.map((value, feature) => (value + 0.5 * random.normal()) * (feature === 3 ? 1000 : 1)));
  }
}
const labels = labelTable(records);
const ids = records.map(({ processId }) => processId);
const block: EmbeddingBlock = { ids, vectors: matrix(rows) };
const task: ClusteringTask = { block, labels, modalities: ['dna'] };
const options = { rng: rng(1), seeds: 2, draws: 20 };

describe('zero-shot clustering', () => {
  it('finds species, holds one partition against every rank, and gives the ceiling', async () => {
    const found = await zeroShotClustering(task, { ...options, recipe: plainClustering() });
    expect(found.clusters).toEqual([24, 24]);
    const at = new Map(found.ranks.map((one) => [one.rank, one]));
    expect(at.get('species')?.ami?.value).toBeGreaterThan(0.95);
    expect(at.get('species')?.records).toBe(24 * 6);
    expect(at.get('species')?.ceiling).toBeCloseTo(1, 9);
    const genus = at.get('genus');
    const [truth, names] = [records, records].map((all, which) =>
      all
        .filter(({ lineage }) => lineage.species !== undefined)
        .map(({ lineage }) => (which === 0 ? lineage.genus : lineage.species) ?? ''),
    );
    expect(genus?.ceiling).toBeCloseTo(adjustedMutualInformation(truth ?? [], names ?? []), 12);
    expect(genus?.ceiling).toBeLessThan(0.95);
    expect(Math.abs((genus?.ami?.value ?? 0) - (genus?.ceiling ?? 1))).toBeLessThan(0.05);
    expect(genus?.ami?.interval?.low).toBeLessThan(genus?.ami?.value ?? 0);
    expect(genus?.ami?.seeds).toHaveLength(2);
  });

  it('writes nothing where a rank has no labels, and marks DNA against BIN as circular', async () => {
    const { ranks, warnings } = await zeroShotClustering(task, { ...options, recipe: plainClustering('average') });
    const family = ranks.find(({ rank }) => rank === 'family');
    expect(family).toEqual({ rank: 'family', records: 0, classes: 0, circular: false });
    expect(ranks.find(({ rank }) => rank === 'bin')).toMatchObject({ circular: true, records: 16 * 7, classes: 16 });
    expect(warnings.join()).toContain('circular');
    const image = await zeroShotClustering(
      { ...task, modalities: ['image'] },
      { ...options, recipe: plainClustering('k-means', 24) },
    );
    expect(image.ranks.some(({ circular }) => circular)).toBe(false);
    expect(image.warnings.join()).not.toContain('number of clusters');
  });

  it('keeps one record a haplotype, the first', async () => {
    const found = await zeroShotClustering(
      { ...task, haplotypeOf: (id) => (id.startsWith('P0-') ? 'same' : undefined) },
      { ...options, recipe: plainClustering() },
    );
    expect(found.duplicates).toBe(6);
    expect(found.ids).toHaveLength(24 * 7 - 6);
    expect(found.ids[0]).toBe('P0-0');
  });

  it('runs with UMAP from several seeds, and estimates the number of clusters', async () => {
    const reducer = umap({ dimension: 4, neighbours: 7, epochs: 200 });
    const recipe = { ...plainClustering('ward', 'silhouette'), name: 'small', reducer };
    const found = await zeroShotClustering(task, { ...options, recipe });
    expect(found.partitions).toHaveLength(2);
    for (const count of found.clusters) expect(count).toBeGreaterThan(14);
    expect(found.ranks.find(({ rank }) => rank === 'species')?.ami?.value).toBeGreaterThan(0.8);
    expect(await zeroShotClustering(task, { ...options, recipe })).toEqual(found);
  });

  it('has both published recipes', () => {
    expect(paperClustering().reducer.settings).toEqual({
      dimension: 50,
      neighbours: 30,
      minDist: 0,
      metric: 'euclidean',
    });
    expect(paperClustering()).toMatchObject({ standardise: false, method: 'ward', clusters: 'true-species' });
    expect(barcodeBertClustering().reducer.settings).toEqual({
      dimension: 50,
      neighbours: 5,
      minDist: 0.1,
      metric: 'cosine',
    });
    expect(barcodeBertClustering()).toMatchObject({ method: 'ward', clusters: 3479 });
  });

  it('names what cannot be clustered', async () => {
    const cluster = (recipe = plainClustering(), change: Partial<ClusteringTask> = {}) =>
      zeroShotClustering({ ...task, ...change }, { ...options, recipe });
    await expect(cluster(barcodeBertClustering())).rejects.toThrow(/168 points for 3479 clusters/);
    await expect(cluster(paperClustering(), { block: head(5) })).rejects.toThrow(/5 points for neighbourhoods of 30/);
    const bad = { ids, vectors: matrix(rows.map((row, i) => (i === 9 ? row.map(() => Number.NaN) : row))) };
    await expect(cluster(plainClustering(), { block: bad })).rejects.toThrow(/row 9/);
    await expect(cluster(plainClustering(), { labels: labelTable(records.slice(1)) })).rejects.toThrow(/'P0-0'/);
    const nameless = labelTable(records.map((one) => ({ ...one, lineage: {} })));
    await expect(cluster(plainClustering(), { labels: nameless })).rejects.toThrow(/no record with a species/);
    expect(() => clusteringReport({ title: 'x', systems: [], limits: ['y'], provenance })).toThrow(/no systems/);
  });
});

describe('image and DNA together', () => {
  const image: EmbeddingBlock = { ids: [...ids].reverse(), vectors: matrix(rows.map(() => [random.normal(), 5, 1])) };

  it('weighs the modalities in the mean squared distance', () => {
    for (const weight of [0, 0.3, 1]) {
      const joined = joinModalities(image, block, weight);
      expect(joined.ids).toEqual(image.ids);
      expect(joined.vectors.shape).toEqual([168, 13]);
      // Each standardised feature has variance 1, but for the two constant ones of the image.
      const spread = (from: number, to: number): number =>
        joined.vectors.data.reduce((sum, value, i) => (i % 13 >= from && i % 13 < to ? sum + value * value : sum), 0) /
        168;
      expect(spread(0, 3)).toBeCloseTo(weight / 3, 4);
      expect(spread(3, 13)).toBeCloseTo(1 - weight, 4);
    }
    const plain = joinModalities(image, block, 'paper').vectors.data;
    expect(plain.reduce((sum, value) => sum + value * value, 0) / 168).toBeCloseTo(11, 3);
  });

  it('gives DNA alone at weight 0, whatever the image says, and a worse result with a useless image', async () => {
    const sweep = [];
    for (const weight of [0, 0.9]) {
      const joined = joinModalities(image, block, weight);
      const both = { ...task, block: joined, modalities: ['image', 'dna'] as const };
      sweep.push({ weight, clustering: await zeroShotClustering(both, { ...options, recipe: plainClustering() }) });
    }
    const [alone, mixed] = sweep.map(
      ({ clustering }) => clustering.ranks.find(({ rank }) => rank === 'species')?.ami?.value,
    );
    expect(alone).toBeGreaterThan(0.95);
    expect(mixed).toBeLessThan((alone ?? 0) - 0.1);
    const systems = [{ name: 'k-mers', kind: 'baseline', clustering: sweep[0]!.clustering }] as const;
    const report = clusteringReport({
      title: 'Zero shot',
      systems,
      imageWeights: sweep,
      limits: ['Small.'],
      provenance,
    });
    expect(report.tables[0]?.columns).toContain('BIN (circular)');
    expect(report.tables[0]?.rows[0]?.[4]).toBe('empty');
    expect(report.figures.map(({ kind, series }) => [kind, series.length])).toEqual([
      ['line', 2],
      ['line', 7],
    ]);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it('refuses records that do not meet and weights outside 0 to 1', () => {
    expect(() => joinModalities({ ids: ['X'], vectors: matrix([[1]]) }, block, 0.5)).toThrow(/no id in both/);
    expect(() => joinModalities(image, block, 1.5)).toThrow(RangeError);
    expect(joinModalities(image, head(5), 0.5).unpaired).toBe(163);
  });
});

const provenance = { seeds: [1], versions: {} };

function head(n: number): EmbeddingBlock {
  return { ids: ids.slice(0, n), vectors: matrix(rows.slice(0, n)) };
}

function matrix(values: readonly (readonly number[])[]) {
  return tensor('float32', [values.length, values[0]?.length ?? 0], Float32Array.from(values.flat()));
}
