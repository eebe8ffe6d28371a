export { simulate, type Simulation } from './simulate.js';
export type { Truth } from './truth.js';
export type { CollectedInsect } from './individuals.js';
export { simulatorVersion } from './version.js';
export { simulationSettings, type SimulationOptions, type SimulationSettings } from './settings.js';
export { writeDataset, type DatasetProgress, type DatasetRun, type DatasetSummary } from './dataset/write-dataset.js';
export { datasetFiles, datasetSettings, type DatasetSettings } from './dataset/dataset-options.js';
export { photographer, type Photographer } from './dataset/photographer.js';
export type { PhotoChoice, PhotoFile, PhotoJob, PhotoMeasure } from './dataset/photo-job.js';
export { translateCodon } from './genetic-code.js';
export { assignBins } from './bins.js';
export type { SimulatedSpecies, TreeNode } from './species-tree.js';
export type { Berth } from './places/plates.js';
export type { Site } from './places/sites.js';
export { standardSetup, type ImagingSetup } from './imaging-setup.js';
export {
  worlds,
  worldHash,
  type ImageModel,
  type MorphologyTree,
  type PlaceModel,
  type World,
  type WorldKey,
} from './world.js';
export { errorKinds, errorsAt, noErrors, type ErrorKind, type ErrorRates } from './errors/error-rates.js';
export type { PlantedError } from './errors/planted-error.js';
export { completeLabels, publishedLabels, type LabelModel } from './labels.js';
export { fittedBarcodes } from './barcode-model.js';
export type { BarcodeModel, PopulationModel, ReadModel, SubstitutionModel } from './barcode-model.js';
export {
  planMorphology,
  type Morphology,
  type MorphologySettings,
  type SpeciesPath,
} from './morphology/plan-morphology.js';
export type { BodyPlan } from './morphology/archetype.js';
export { planIndividual, type Individual } from './morphology/individual.js';
export { traitNames, type TraitName, type Traits } from './morphology/traits.js';
export { planScene, planSession, type PlateSession, type Scene } from './render/scene.js';
export { photograph, type Photograph, type PhotoSize } from './render/photograph.js';
export { contactSheet, type ContactSheetOptions } from './render/contact-sheet.js';
export { barcodeStatistics, type MeasureOptions } from './realism/barcode-statistics.js';
export type { BarcodeStatistics } from './realism/summaries.js';
export { insectBarcodes } from './realism/insect-barcodes.js';
export { kolmogorovSmirnov, wasserstein } from './realism/two-sample.js';
