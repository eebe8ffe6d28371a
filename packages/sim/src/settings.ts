import { BioscanError } from '@bioscan/core';

/** Settings of a simulated data set. Distances are expected accepted substitutions a site along one branch. */
export interface SimulationSettings {
  readonly seed: number;
  /** Number of specimens, 100 to 100,000. */
  readonly specimens: number;
  /** Number of species; each of them has at least one specimen. */
  readonly species: number;
  readonly orders: number;
  /** Share of specimens whose species name is withheld (0 to 1); the truth table keeps it. */
  readonly unlabelled: number;
  /** Share of species that carry a placeholder name such as `Bamela sp. 3`. */
  readonly placeholders: number;
  /** Share of barcodes that lack some bases at an end, and share with a run of N inside. */
  readonly ragged: number;
  readonly ambiguous: number;
}

export type SimulationOptions = Partial<SimulationSettings>;

/** Completes and checks settings. @throws BioscanError `bad-input` for a value out of its range. */
export function simulationSettings(options: SimulationOptions = {}): SimulationSettings {
  const { seed = 1, specimens = 4000, species = 240 } = options;
  const { orders = Math.max(1, Math.min(4, Math.floor(species / 10))) } = options;
  const { unlabelled = 0, placeholders = 0, ragged = 0.25, ambiguous = 0.1 } = options;
  check('specimens', specimens, 100, 100_000);
  check('species', species, 10, specimens);
  check('orders', orders, 1, Math.floor(species / 10));
  for (const [name, share] of Object.entries({ unlabelled, placeholders, ragged, ambiguous })) check(name, share, 0, 1);
  return { seed, specimens, species, orders, unlabelled, placeholders, ragged, ambiguous };
}

function check(name: string, value: number, low: number, high: number): void {
  if (value >= low && value <= high) return;
  throw new BioscanError('bad-input', `sim: ${name}, got ${value}, expected ${low} to ${high}`, { name, got: value });
}
