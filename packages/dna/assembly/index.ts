// AssemblyScript: the kernels of dna/distance in one module.
export { advanceWord, startRecords, sumRecords } from './osa';
export { fillTable } from './overlap';
