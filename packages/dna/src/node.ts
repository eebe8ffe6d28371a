export { findBlast, type Blast, type FindBlastOptions } from './node/find-blast.js';
export { blastNeighbours, type BlastNeighboursOptions } from './node/blast-neighbours.js';
