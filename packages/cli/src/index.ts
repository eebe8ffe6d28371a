export { runCli } from './run-cli.js';
export { exitCodes } from './exit-codes.js';
export { blastRuns, type BlastRunsOptions } from './open-world/blast-system.js';
export { learnedSitesSystem, type LearnedSitesOptions } from './open-world/learned-sites.js';
export { distinctBarcodes, openWorldSets, pretrainingCorpus, type OpenWorldSets } from './open-world/sets.js';
export {
  alignedSitesSystem,
  alignmentSystem,
  checkpointSystem,
  embeddingsSystem,
  kmerSystem,
  sintaxSystem,
  untrainedSystem,
  type CheckpointRun,
} from './open-world/systems.js';
export {
  encoderSystem,
  type EncoderSystemOptions,
  type System,
  type SystemRuns,
  type TransformName,
} from './open-world/system.js';
export {
  chooseReadOut,
  chooseTransform,
  type ReadOutChoice,
  type ScoredReadOut,
} from './open-world/choose-read-out.js';
export { openWorldReport, type OpenWorldReportOptions } from './open-world/open-world-report.js';
export { robustnessCases, type RobustnessCase } from './open-world/robustness.js';
export { readOutTable } from './open-world/read-out-table.js';
export { sharedBinTable } from './open-world/shared-bin-table.js';
export {
  exportIdentifier,
  type ExportedIdentifier,
  type ExportIdentifierOptions,
  type IdentifierInput,
} from './identifier/export-identifier.js';
export {
  pilot,
  type AssertedScore,
  type Pilot,
  type PilotOptions,
  type PilotPhoto,
} from './identifier/pilot-report.js';
export type { PictureSource } from './identifier/seen-by-encoder.js';
export type { ShiftVerdict } from './identifier/shift-verdict.js';
export type { RankAccuracy } from './identifier/rank-predictions.js';
export { openStudy, type Study, type StudyOptions } from './attribution/open-study.js';
export { fewerRows, renderWorld, type WorldHost, type WorldPlan } from './attribution/simulated-world.js';
export { quickStudy, studyModalities, type StudySettings } from './attribution/study-settings.js';
export type { DealOptions } from './attribution/deal-world.js';
export { alignedIdentifier, type AlignedFacts, type AlignedIdentifier } from './identifier/aligned-identifier.js';
export { twoViewSubject, type TwoViewOptions } from './attribution/two-view-subject.js';
export { openArmLanes, type ArmLanes } from './attribution/arm-lanes.js';
export { alignedNeighbours, type AlignedNeighbours, type AlignedSpace } from './qc/aligned-neighbours.js';
export { openDescribedEncoder, type DescribedEncoder, type EncoderKind } from './dna-encoder/onnx-description.js';
export { metricSystem, type MetricBudget, type MetricHost, type MetricRecipe } from './open-world/metric-system.js';
export {
  paperProbes,
  type PaperProbe,
  type PaperProbesOptions,
  type ProbeOutcomes,
} from './open-world/paper-probes.js';
export {
  planSweep,
  sweepGrid,
  type SweepCell,
  type SweepOptions,
  type SweepPlan,
  type SweepShape,
} from './sweep/plan-sweep.js';
export {
  runSweep,
  type ProbeAccuracy,
  type ProbeScores,
  type SweepHost,
  type SweepOutcome,
  type SweepResult,
} from './sweep/run-sweep.js';
export { sweepReport, type SweepText } from './sweep/sweep-report.js';
