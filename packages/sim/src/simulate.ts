import { rng, ranks, type Lineage, type Rng } from '@bioscan/core';
import { planBioscan5mSplit, type SpecimenRow } from '@bioscan/data';
import { binIndex, type BinIndex } from './bins.js';
import type { PlantedError } from './errors/planted-error.js';
import { plantErrors } from './errors/plant-errors.js';
import { simulatePopulation } from './individuals.js';
import { nameRecords } from './naming.js';
import { sampleId } from './places/plates.js';
import { simulationSettings, type SimulationOptions, type SimulationSettings } from './settings.js';
import type { SimulatedSpecies } from './species-tree.js';
import type { Truth } from './truth.js';
import { simulatorVersion } from './version.js';

export interface Simulation {
  readonly settings: SimulationSettings;
  readonly version: string;
  /** For reports: says that nothing here is an observation. */
  readonly banner: string;
  readonly species: readonly SimulatedSpecies[];
  /** By plate and well. */
  readonly specimens: readonly SpecimenRow[];
  /** One row a specimen, in the same order. */
  readonly truth: readonly Truth[];
  /** What was planted, as the world's `errors` ask. */
  readonly errors: readonly PlantedError[];
  /** The process id of the specimen that is really on a record's photo, where photos were swapped. */
  readonly photoOf: ReadonlyMap<string, string>;
}

/**
 * A simulated collection of insects: barcodes that evolved on their taxonomy as invertebrate mitochondrial COI does (translation table 5, no stops,
 * AT-rich; distances fitted to real insects), places, plates, names that are missing as published, and the errors that the world asks for.
 * The same settings give the same records on every machine. 100,000 specimens take about a minute; `split` is filled by the rules of BIOSCAN-5M.
 */
export function simulate(options: SimulationOptions = {}): Simulation {
  const settings = simulationSettings(options);
  const random = rng(settings.seed);
  const { species, individuals } = simulatePopulation(settings);
  const truth = individuals.map((individual, i) => ({
    ...individual,
    processId: processId(i),
    lineage: species[individual.species]?.lineage ?? {},
  }));
  const bins = binIndex(individuals.map(({ haplotype }) => haplotype));
  const names = nameRecords({ species, individuals }, settings.world.labels, random.split('names'));
  const clean = split(
    truth.map((row, i) => record(row, names[i] ?? {}, settings, bins, i, random.split(`record ${i}`))),
  );
  const planted = plantErrors({
    specimens: clean,
    truth,
    bins,
    rates: settings.world.errors,
    random: random.split('errors'),
  });
  return {
    settings,
    version: simulatorVersion,
    banner: `SIMULATED: property of generator ${simulatorVersion}, world ${settings.world.name}`,
    species,
    truth,
    ...planted,
  };
}

function record(
  truth: Truth,
  lineage: Lineage,
  { world }: SimulationSettings,
  bins: BinIndex,
  index: number,
  random: Rng,
): SpecimenRow {
  const bin = random.uniform() < world.labels.missingBins ? undefined : bins.bins[index];
  const deepest = ranks.findLast(
    (rank) => lineage[rank] !== undefined && !(lineage[rank] ?? '').startsWith('unassigned'),
  );
  return {
    processId: truth.processId,
    sampleId: sampleId(truth.berth.plate, truth.berth.well),
    lineage,
    ...(bin === undefined ? {} : { bin }),
    barcode: truth.barcode,
    place: truth.berth.site.place,
    curation: { collectionDate: truth.berth.collected },
    other: { taxon: lineage[deepest ?? 'phylum'] ?? '', inferred_ranks: inferredRanks(lineage, random) },
  };
}

/** 4 stands on some published records with a genus and no species; the code is documented nowhere, other records have 0. */
function inferredRanks({ genus, species }: Lineage, random: Rng): string {
  return genus !== undefined && species === undefined && random.uniform() < 0.5 ? '4' : '0';
}

/** Equal barcodes carry equal names, so every record finds its split. */
function split(records: readonly SpecimenRow[]): SpecimenRow[] {
  const { assignment } = planBioscan5mSplit(records);
  return records.map((row) => ({ ...row, split: assignment.get(row.processId) ?? 'pretrain' }));
}

function processId(index: number): string {
  return `SIMUL${index + 1}-26`;
}
