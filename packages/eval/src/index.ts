export { labelRanks, labelTable, type LabelTable, type LabelledRecord } from './label-table.js';
export { knnPredictions, type KnnOptions } from './knn-probe.js';
export type { Predictions } from './predictions.js';
export { scorePredictions, selectOutcomes, type Outcomes } from './outcomes.js';
export { classScores, harmonic, scores, type ClassScore, type Scores } from './scores.js';
export { chance, randomNeighbours, type Chance, type ChanceLevel, type ChanceOptions } from './chance.js';
export { resampler, type Draws, type Resampler, type ResamplerOptions, type ResamplingUnit } from './resampler.js';
export { agreement, type Agreement, type AgreementOptions } from './agreement.js';
export { estimate, harmonicMean, intervalOf, metricOf, pairedDifference } from './estimate.js';
export type { Estimate, EstimateOptions } from './estimate.js';
export type { Statistic } from './replicate.js';
export { combineSeeds, seedMetric, type SeedSummary } from './seeds.js';
export { spread, type Spread } from './spread.js';
export { byKeyCount, byRank, bySharedBin, crossed, equalise, stratify } from './strata.js';
export type { Equalised, StratumOf } from './strata.js';
export { sweep, type SweepCase, type SweepRow } from './sweep.js';
export { applyTransform, centre, standardise, transformEmbeddings, whiten } from './transform.js';
export type { EmbeddingTransform, TransformState, WhitenOptions } from './transform.js';
export { fittedProbe, probePredictions } from './probe.js';
export type { FitContext, FitProgress, FittedProbe, Probe, ProbeState } from './probe.js';
export { linearProbe, type LinearProbeOptions } from './linear-probe.js';
export { centroidProbe, type CentroidOptions } from './centroid-probe.js';
export { decodeProbe, encodeProbe } from './probe-bytes.js';
export { labelledRows, type LabelledRows } from './training-rows.js';
export { probeReport, type ProbeReportOptions } from './probe-report.js';
export type { ProbeRun, ProbeSystem, ProbeTask, RowKind } from './probe-task.js';
export { retrieval, paperPairs } from './retrieval/retrieval.js';
export type { ByModality, NeighbourSearch, Retrieval, RetrievalOptions, RetrievalTask } from './retrieval/retrieval.js';
export { everyPair, pairName, type RetrievalPair } from './retrieval/retrieval-pair.js';
export type { QueryLists, QuerySet } from './retrieval/query-sets.js';
export { scoreRetrieval } from './retrieval/score-retrieval.js';
export type { PairRetrieval, RetrievalCell, RetrievalRow, ScoreRetrievalOptions } from './retrieval/score-retrieval.js';
export { compareRetrieval, type RetrievalDifference } from './retrieval/compare-retrieval.js';
export { retrievalReport } from './retrieval/retrieval-report.js';
export type { RetrievalReportOptions } from './retrieval/retrieval-report.js';
export type { RetrievalRun, RetrievalSystem } from './retrieval/retrieval-system.js';
export { adjustedMutualInformation, partitionScores, type PartitionScores } from './clustering/partition-scores.js';
export { ward, type LinkageOptions } from './clustering/ward.js';
export { averageLinkage } from './clustering/average-linkage.js';
export { cutDendrogram, type Dendrogram } from './clustering/dendrogram.js';
export { kMeans, type KMeans, type KMeansOptions } from './clustering/k-means.js';
export { estimateClusters, silhouette, type EstimateClustersOptions } from './clustering/silhouette.js';
export * from './calibration/index.js';
export { umap, type UmapOptions } from './clustering/umap.js';
export { noReduction, type ReduceContext, type Reducer } from './clustering/reducer.js';
export type { DotSearch, PointMetric } from './clustering/nearest-points.js';
export { barcodeBertClustering, paperClustering, plainClustering } from './clustering/clustering-recipe.js';
export type { ClusterCount, ClusteringMethod, ClusteringRecipe } from './clustering/clustering-recipe.js';
export { zeroShotClustering } from './clustering/zero-shot-clustering.js';
export type {
  ClusteringTask,
  RankAgreement,
  ZeroShotClustering,
  ZeroShotOptions,
} from './clustering/zero-shot-clustering.js';
export { joinModalities } from './clustering/join-modalities.js';
export { clusteringReport } from './clustering/clustering-report.js';
export type { ClusteringReportOptions, ClusteringSystem } from './clustering/clustering-report.js';
