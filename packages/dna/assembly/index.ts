// AssemblyScript: the kernels of dna/distance in one module.
export { compareTwo } from './osa';
export { fillTable } from './overlap';
