import { type Tensor } from '@bioscan/core';
import { averageLinkage } from './average-linkage.js';
import { cutDendrogram } from './dendrogram.js';
import { kMeans } from './k-means.js';
import type { DotSearch } from './nearest-points.js';
import { noReduction, type ReduceContext, type Reducer } from './reducer.js';
import { estimateClusters } from './silhouette.js';
import { umap } from './umap.js';
import { ward } from './ward.js';

export type ClusteringMethod = 'ward' | 'average' | 'k-means';

/** How many clusters: as many as true species (an oracle: no user has it), a number, or what the silhouette says. */
export type ClusterCount = 'true-species' | 'silhouette' | number;

/** A way to cluster frozen vectors. Results of different recipes are not comparable. */
export interface ClusteringRecipe {
  readonly name: string;
  /** Each feature to mean 0 and deviation 1 first. */
  readonly standardise: boolean;
  readonly reducer: Reducer;
  readonly method: ClusteringMethod;
  readonly clusters: ClusterCount;
}

/**
 * The published zero-shot protocol (Lowe et al. 2024, as used for BIOSCAN-5M): UMAP to 50 dimensions, 30 neighbours, minimal distance 0,
 * Euclidean; Ward with as many clusters as true species.
 */
export function paperClustering(search?: DotSearch): ClusteringRecipe {
  const reducer = umap(search === undefined ? {} : { search });
  return { name: 'paper', standardise: false, reducer, method: 'ward', clusters: 'true-species' };
}

/** The other published variant (BarcodeBERT's): UMAP to 50 dimensions, 5 neighbours, cosine, minimal distance 0.1; Ward with 3,479 clusters, held against BINs. */
export function barcodeBertClustering(search?: DotSearch, clusters = 3479): ClusteringRecipe {
  const settings = { neighbours: 5, metric: 'cosine', minDist: 0.1 } as const;
  const reducer = umap({ ...settings, ...(search === undefined ? {} : { search }) });
  return { name: 'BarcodeBERT', standardise: false, reducer, method: 'ward', clusters };
}

/** No reduction, features standardised: what the vectors give by themselves. */
export function plainClustering(
  method: ClusteringMethod = 'ward',
  clusters: ClusterCount = 'true-species',
): ClusteringRecipe {
  return { name: `plain ${method}`, standardise: true, reducer: noReduction(), method, clusters };
}

/** One partition of reduced points. */
export async function partitionOf(
  points: Tensor<'float32'>,
  { method, clusters }: Pick<ClusteringRecipe, 'method' | 'clusters'>,
  trueSpecies: number,
  context: ReduceContext,
): Promise<{ readonly labels: Int32Array; readonly clusters: number }> {
  const cut = await cutter(points, method, context);
  const { rng } = context;
  const count =
    clusters === 'true-species'
      ? trueSpecies
      : clusters === 'silhouette'
        ? (await estimateClusters(points, cut, { rng })).clusters
        : clusters;
  return { labels: await cut(count), clusters: count };
}

async function cutter(
  points: Tensor<'float32'>,
  method: ClusteringMethod,
  { rng, signal }: ReduceContext,
): Promise<(clusters: number) => Int32Array | Promise<Int32Array>> {
  const options = signal === undefined ? {} : { signal };
  switch (method) {
    case 'ward':
    case 'average': {
      const tree = await (method === 'ward' ? ward(points, options) : averageLinkage(points, options));
      return (clusters) => cutDendrogram(tree, clusters);
    }
    case 'k-means':
      return async (clusters) => (await kMeans(points, clusters, { rng, ...options })).labels;
    default:
      return method satisfies never;
  }
}
