import { BioscanError, type EmbeddingBlock, type LabelRank, type Metric, type Modality, type Rng } from '@bioscan/core';
import { quantile } from '../estimate.js';
import { labelsOf, type LabelTable } from '../label-table.js';
import { rowsAt } from '../training-rows.js';
import { applyTransform, standardise } from '../transform.js';
import { requirePoints } from './cluster-points.js';
import { partitionOf, type ClusteringRecipe } from './clustering-recipe.js';
import { adjustedMutualInformation, partitionScores, type PartitionScores } from './partition-scores.js';

export interface ClusteringTask {
  /** Vectors of a frozen encoder. */
  readonly block: EmbeddingBlock;
  readonly labels: LabelTable;
  /** What the vectors were made of: DNA against BINs is circular, since BINs are clusters of the same sequences. */
  readonly modalities: readonly Modality[];
  /** Names the haplotype of a record, as `barcodeHash`: one record each is kept, the first. Records without one are all kept. */
  readonly haplotypeOf?: (id: string) => string | undefined;
}

export interface ZeroShotOptions {
  readonly recipe: ClusteringRecipe;
  readonly rng: Rng;
  /** Runs of the reduction and of k-means, each from a seed of its own. Default 3. */
  readonly seeds?: number;
  /** Draws of half of the species, a seed. Default 50. */
  readonly draws?: number;
  /** Default class to species, and the BIN. */
  readonly ranks?: readonly LabelRank[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/** How well one partition agrees with the labels at one rank. */
export interface RankAgreement {
  readonly rank: LabelRank;
  /** Records with a label at the rank. */
  readonly records: number;
  readonly classes: number;
  /** Mean over seeds; absent where fewer than 2 records are labelled, which is not 0. */
  readonly ami?: Metric;
  /** AMI of the true species with the rank: what a perfect clusterer into species would get. */
  readonly ceiling?: number;
  /** Means over seeds. */
  readonly scores?: PartitionScores;
  /** DNA against BIN. */
  readonly circular: boolean;
}

export interface ZeroShotClustering {
  readonly recipe: ClusteringRecipe;
  /** Records clustered, one a haplotype. */
  readonly ids: readonly string[];
  /** Records left out because their haplotype was there already. */
  readonly duplicates: number;
  readonly clusters: readonly number[];
  /** One a seed. */
  readonly partitions: readonly Int32Array[];
  readonly ranks: readonly RankAgreement[];
  readonly warnings: readonly string[];
}

/**
 * Clusters frozen vectors without labels, and holds the one partition against the labels at every rank.
 * Interval: percentiles, over seeds and draws of half of the species without replacement, of each draw's deviation from the mean of its
 * seed's draws, added to the seed's value (half samples deviate as much as whole samples do).
 * @throws BioscanError `bad-input` for values that are not finite, fewer points than neighbours or clusters; `not-found` for unknown ids
 */
export async function zeroShotClustering(task: ClusteringTask, options: ZeroShotOptions): Promise<ZeroShotClustering> {
  const { recipe, rng, seeds = 3 } = options;
  const { ranks = ['class', 'order', 'family', 'subfamily', 'genus', 'species', 'bin'] } = options;
  const { ids, vectors, duplicates } = distinctRecords(task);
  requirePoints(vectors, 2, 'clustering');
  const x = recipe.standardise ? applyTransform(standardise().fit(vectors), vectors) : vectors;
  const trueSpecies = new Set(labelsOf(task.labels, ids, 'species').filter((name) => name !== undefined)).size;
  requireClusters(recipe, trueSpecies, ids.length);
  const partitions: Int32Array[] = [];
  const clusters: number[] = [];
  for (let seed = 0; seed < seeds; seed++) {
    const context = {
      rng: rng.split(`seed:${seed}`),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onProgress: (done: number, total: number) => options.onProgress?.(`run ${seed + 1} of ${seeds}`, done, total),
    };
    const points = await recipe.reducer.reduce(x, context);
    const found = await partitionOf(points, recipe, trueSpecies, context);
    partitions.push(found.labels);
    clusters.push(found.clusters);
  }
  const agreements = ranks.map((rank) => agreementAt(task, ids, partitions, rank, options));
  return { recipe, ids, duplicates, clusters, partitions, ranks: agreements, warnings: warningsOf(recipe, agreements) };
}

function distinctRecords({ block, haplotypeOf }: ClusteringTask): EmbeddingBlock & { readonly duplicates: number } {
  const seen = new Set<string>();
  const kept = block.ids.flatMap((id, row) => {
    const haplotype = haplotypeOf?.(id);
    if (haplotype === undefined) return [row];
    if (seen.has(haplotype)) return [];
    seen.add(haplotype);
    return [row];
  });
  const duplicates = block.ids.length - kept.length;
  if (duplicates === 0) return { ...block, duplicates };
  return { ids: kept.map((row) => block.ids[row] as string), vectors: rowsAt(block.vectors, kept), duplicates };
}

function requireClusters({ clusters }: ClusteringRecipe, trueSpecies: number, points: number): void {
  const wanted = clusters === 'true-species' ? trueSpecies : clusters;
  if (wanted === 'silhouette') return;
  if (wanted < 1) {
    throw new BioscanError('bad-input', 'eval: clustering, got no record with a species, expected some; set clusters');
  }
  if (wanted > points) {
    throw new BioscanError(
      'bad-input',
      `eval: clustering, got ${points} points for ${wanted} clusters, expected as many`,
    );
  }
}

function agreementAt(
  { labels, modalities }: ClusteringTask,
  ids: readonly string[],
  partitions: readonly Int32Array[],
  rank: LabelRank,
  { rng, draws = 50 }: ZeroShotOptions,
): RankAgreement {
  const all = labelsOf(labels, ids, rank);
  const at = all.flatMap((label, i) => (label === undefined ? [] : [i]));
  const truth = at.map((i) => all[i] as string);
  const circular = rank === 'bin' && modalities.includes('dna');
  const counts = { rank, records: at.length, classes: new Set(truth).size, circular };
  if (at.length < 2) return counts;
  const found = partitions.map((partition) => at.map((i) => partition[i] as number));
  const species = at.map((i) => labels.labelOf(ids[i] as string, 'species'));
  const units = species.map((name, i) => name ?? `record ${at[i] as number}`);
  const scores = found.map((one) => partitionScores(truth, one));
  const values = scores.map(({ ami }) => ami);
  const deviations = found.map((one) => halfSamples(truth, one, units, draws, rng.split(`draws:${rank}`)));
  const replicates = deviations.flatMap((list, seed) => list.map((off) => (values[seed] as number) + off));
  const named = at.flatMap((_, i) => (species[i] === undefined ? [] : [i]));
  const ceiling = adjustedMutualInformation(
    named.map((i) => truth[i] as string),
    named.map((i) => species[i] as string),
  );
  return {
    ...counts,
    ami: amiMetric(rank, values, at.length, replicates),
    ...(named.length < 2 ? {} : { ceiling }),
    scores: meanScores(scores),
  };
}

/** Deviations of the AMI of half of the units from its mean over draws. */
function halfSamples(
  truth: readonly string[],
  found: readonly number[],
  units: readonly string[],
  draws: number,
  rng: Rng,
): number[] {
  const names = [...new Set(units)].sort();
  if (names.length < 2) return [];
  const values = Array.from({ length: draws }, () => {
    const half = new Set(rng.shuffle([...names]).slice(0, Math.ceil(names.length / 2)));
    const kept = units.flatMap((unit, i) => (half.has(unit) ? [i] : []));
    return adjustedMutualInformation(
      kept.map((i) => truth[i] as string),
      kept.map((i) => found[i] as number),
    );
  });
  const mean = average(values);
  return values.map((value) => value - mean);
}

function amiMetric(rank: LabelRank, values: readonly number[], count: number, replicates: readonly number[]): Metric {
  const sorted = Float64Array.from(replicates).sort();
  const interval = {
    low: quantile(sorted, 0.025),
    high: quantile(sorted, 0.975),
    level: 0.95,
    unit: 'seed, half of the species',
  };
  return {
    name: `AMI ${rank}`,
    value: average(values),
    count,
    ...(sorted.length === 0 ? {} : { interval }),
    seeds: values,
  };
}

function meanScores(scores: readonly PartitionScores[]): PartitionScores {
  const mean = (name: keyof PartitionScores): number => average(scores.map((one) => one[name]));
  return {
    ami: mean('ami'),
    ari: mean('ari'),
    homogeneity: mean('homogeneity'),
    completeness: mean('completeness'),
    v: mean('v'),
    fowlkesMallows: mean('fowlkesMallows'),
  };
}

function warningsOf(recipe: ClusteringRecipe, ranks: readonly RankAgreement[]): string[] {
  const warnings: string[] = [];
  if (recipe.clusters === 'true-species') {
    warnings.push(
      `${recipe.name}: the number of clusters is that of the true species, which no user of unnamed records has.`,
    );
  }
  if (ranks.some(({ circular }) => circular)) {
    warnings.push('DNA against BIN is circular: BINs are clusters of the same sequences.');
  }
  for (const { rank, ami } of ranks) if (ami === undefined) warnings.push(`${rank}: fewer than 2 labelled records.`);
  return warnings;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
