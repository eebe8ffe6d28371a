export {
  binSpeciesTable,
  discordantBins,
  speciesInSeveralBins,
  type BinSpeciesCell,
  type BinSpeciesTable,
  type Discordance,
} from './bin-species-table.js';
export { binsWithSeveralNames, taxaInSeveralBins, type Conflict, type ConflictOptions } from './name-counts.js';
export { checkBinNames } from './check-bin-names.js';
export { checkSpeciesBins } from './check-species-bins.js';
export { checkCircularNames } from './check-circular-names.js';
export { checkDeeperNames, type DeeperNameOptions } from './check-deeper-names.js';
export { criteriaAsCsv, gradesAsCsv } from './export-tier1.js';
export { bagsGrades, bagsLimits, type BagsGrade, type BagsPreset, type SpeciesGrade } from './bags.js';
export { criteria, recordCriteria, type Criterion, type CriterionResult } from './record-criteria.js';
