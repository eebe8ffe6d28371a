export { readSpecimens } from './read-specimens.js';
export { readSpecimenTable } from './read-specimen-table.js';
export type { ReadOptions } from './read-rows.js';
export type { NumberColumn, SpecimenTable, TableColumn, TableSource, TextColumn } from './specimen-table.js';
export type { ByteInput } from './io/byte-source.js';
export type { SpecimenField, SpecimenRow } from './table/specimen-field.js';
export {
  rejectLog,
  writeRejects,
  type RejectLog,
  type RejectReason,
  type RejectSummary,
  type RowProblem,
} from './table/reject-log.js';
export { pandasMissing, type ColumnSchema, type RowRepair, type TableSchema } from './table/table-schema.js';
export {
  coordinatePair,
  decimal,
  text,
  wholeNumber,
  type ColumnParser,
  type ColumnValue,
  type Coordinates,
  type ParseProblem,
} from './table/column-parser.js';
export { detectSchema, tableSchemas, type SchemaDetection } from './table/detect-schema.js';
export { bioscan5m } from './schemas/bioscan5m.js';
export { bioscan1m, bioscan1mRepaired } from './schemas/bioscan1m.js';
export { canadianInvertebrates } from './schemas/canadian-invertebrates.js';
export { bold } from './schemas/bold.js';
export { placeholderRule, type PlaceholderMode, type PlaceholderRule, type TaxonName } from './placeholder-rule.js';
export { planBioscan5mSplit, type Bioscan5mSplitOptions } from './splits/bioscan5m-split.js';
export { planOpenWorldSplit, type OpenWorldPlan } from './splits/open-world-split.js';
export type { OpenWorldSplitOptions, RecordShares, SpeciesShares } from './splits/open-world-options.js';
export type { SpeciesRole } from './splits/species-roles.js';
export { splitHash, type SetAside, type SplitPlan, type SplitRecord, type SplitStep } from './splits/split-plan.js';
export { splitTable } from './splits/split-table.js';
export { validateSplits, type SplitRules } from './splits/validate-splits.js';
