export { plateLabels, type Plate } from './plate-labels.js';
export { checkPlates, checkWells, type PlateOptions } from './check-wells.js';
