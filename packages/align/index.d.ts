export type { Modality, Projection, TowerTraining } from './modality.js';
export type { ClassifyTerm, ContrastLoss, ContrastTerm, Objective, Pairs, Targets, Term } from './objective.js';
export { inMemory, type AlignmentData, type ModalityRows } from './alignment-data.js';
export type { AlignmentOptions, LogitScaleOptions } from './alignment.js';
