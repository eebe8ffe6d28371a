export { checkNeighbourhood, type NeighbourhoodOptions } from './check-neighbourhood.js';
export { checkCrossModal, type CrossModalInput, type CrossModalOptions } from './check-cross-modal.js';
export { crossFitFolds, type CrossFitFold, type CrossFitOptions } from './cross-fit.js';
