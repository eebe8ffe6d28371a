export { reportPage } from './page.js';
export { reportText, tableText } from './text.js';
export { formatCell, formatMetric } from './format.js';
export { drawFigure } from './figure.js';
export { drawGrid } from './grid.js';
export { drawTree } from './confusion-tree.js';
export { drawMap } from './map/map.js';
export { triagePage } from './triage/triage-page.js';
export type { TriagePage, TriagePageCase, TriageTip, TriageTree } from './triage/triage-data.js';
