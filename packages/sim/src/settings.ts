import { BioscanError } from '@bioscan/core';
import { orderShares } from './orders.js';
import { worlds, type World } from './world.js';

/** Settings of a simulated collection. */
export interface SimulationSettings {
  readonly seed: number;
  /** Number of specimens, 100 to 100,000. */
  readonly specimens: number;
  /** Number of species; each of them has at least one specimen. */
  readonly species: number;
  /** Number of orders, the commonest of BIOSCAN-5M first. */
  readonly orders: number;
  readonly world: World;
}

/** The world of in-memory records is `complete` unless said: every name known. */
export type SimulationOptions = Partial<SimulationSettings>;

/** Completes and checks settings. @throws BioscanError `bad-input` for a value out of its range. */
export function simulationSettings(options: SimulationOptions = {}): SimulationSettings {
  const { seed = 1, specimens = 4000, world = worlds.complete } = options;
  const { species = Math.max(10, Math.round(specimens / 16)) } = options;
  const { orders = Math.max(1, Math.min(orderShares.length, Math.floor(species / 20))) } = options;
  check('specimens', specimens, 100, 100_000);
  check('species', species, 10, specimens);
  check('orders', orders, 1, Math.min(orderShares.length, Math.floor(species / 10)));
  return { seed, specimens, species, orders, world };
}

function check(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  const expected = `a whole number of ${low} to ${high}`;
  throw new BioscanError('bad-input', `sim: ${name}, got ${value}, expected ${expected}`, { name, got: value });
}
