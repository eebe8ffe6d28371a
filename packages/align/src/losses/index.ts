export { infoNceLoss, type SoftmaxLossOptions } from './info-nce-loss.js';
export { ntXentLoss, type OwnScores } from './nt-xent-loss.js';
export { sigmoidLoss } from './sigmoid-loss.js';
export type { Scores } from './present.js';
