export { checkNeighbourhood, type NeighbourhoodOptions } from './check-neighbourhood.js';
export { checkCrossModal, type CrossModalInput, type CrossModalOptions } from './check-cross-modal.js';
