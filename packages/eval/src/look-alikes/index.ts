export { confusedCongeners, type LookAlikes } from './confusions.js';
export { lookAlikeGrid, lookAlikeTable, type LookAlikeGridOptions } from './look-alike-grid.js';
