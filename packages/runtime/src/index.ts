export { fillDropoutMask } from './kernel/dropout-mask.js';
export { exactNeighbours, type ExactNeighbours, type ExactNeighboursOptions } from './neighbours/exact-neighbours.js';
export type { NeighbourMetric } from './neighbours/row-blocks.js';
export { neighbourRecall, type NeighbourRecall } from './neighbours/neighbour-recall.js';
