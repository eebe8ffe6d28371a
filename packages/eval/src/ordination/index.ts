export { fitPcoa, projectPcoa, truncatePcoa, type Pcoa, type PcoaOptions } from './pcoa.js';
export { distanceNeighbours, euclideanDistances } from './distance-neighbours.js';
export { chooseDimension, type ChosenDimension, type DimensionTask, type DimensionTrial } from './choose-dimension.js';
export {
  boundaryBands,
  speciesBoundary,
  type BoundaryBand,
  type BoundaryDraws,
  type BoundaryPairs,
} from './species-boundary.js';
export { boundaryFigure, boundaryTable } from './boundary-table.js';
