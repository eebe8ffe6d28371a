import type { Lineage } from '@bioscan/core';
import type { CollectedInsect } from './individuals.js';

/** What is true of a simulated specimen, whatever its record shows. */
export interface Truth extends CollectedInsect {
  readonly processId: string;
  /** Index into the simulation's species. */
  readonly species: number;
  /** Its names, all of them right. */
  readonly lineage: Lineage;
}
