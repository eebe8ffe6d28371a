import { rng, type Lineage, type Rng, type Specimen } from '@bioscan/core';
import { assignBins } from './bins.js';
import { orderShares } from './orders.js';
import { apportion } from './partition.js';
import { abundances, population, readBarcode, type ReadBarcode } from './population.js';
import { simulationSettings, type SimulationOptions, type SimulationSettings } from './settings.js';
import { simulateSpecies, type SimulatedSpecies } from './species-tree.js';
import { simulatorVersion } from './version.js';

/** What is true of a simulated specimen, whatever its record shows. */
export interface Truth {
  readonly processId: string;
  readonly species: string;
  /** All 658 bases, before ends were lost and letters became N. */
  readonly haplotype: string;
}

export interface Simulation {
  readonly settings: SimulationSettings;
  readonly version: string;
  /** For reports: says that nothing here is an observation. */
  readonly banner: string;
  readonly specimens: readonly Specimen[];
  /** One row a specimen, in the same order. */
  readonly truth: readonly Truth[];
}

/**
 * A simulated collection of insects with barcodes that evolved on their taxonomy as invertebrate mitochondrial COI does:
 * codon positions at their own rates, translation table 5 without stops, AT-rich, 658 bp with ragged ends and Ns.
 * The same settings give the same records on every machine.
 */
export function simulate(options: SimulationOptions = {}): Simulation {
  const settings = simulationSettings(options);
  const random = rng(settings.seed);
  const individuals = simulateIndividuals(settings, random);
  return {
    settings,
    version: simulatorVersion,
    banner: `SIMULATED: property of generator ${simulatorVersion}`,
    specimens: individuals.map((individual, i) => record(individual, i)),
    truth: individuals.map(({ species, haplotype }, i) => ({
      processId: processId(i),
      species: species.lineage.species ?? '',
      haplotype,
    })),
  };
}

interface Individual extends ReadBarcode {
  readonly species: SimulatedSpecies;
  /** The names that the record would show. */
  readonly shown: Lineage;
  readonly bin: string;
}

/** All individuals, in the random order in which a sorting lab would take them up. */
function simulateIndividuals(settings: SimulationSettings, random: Rng): Individual[] {
  const species = simulateSpecies(settings, random.split('tree'));
  const counts = countsOf(species, settings, random.split('abundance'));
  const reading = random.split('reads');
  const reads = species.flatMap((one, i) =>
    population(one.barcode, counts[i] ?? 1, settings.barcodes, random.split(`population ${i}`)).map((haplotype) => ({
      haplotype,
      barcode: readBarcode(haplotype, settings.barcodes.reads, reading),
      species: one,
      shown: one.lineage,
    })),
  );
  const bins = assignBins(reads.map((read) => read.haplotype));
  return random.split('order').shuffle(reads.map((read, i) => ({ ...read, bin: bins[i] as string })));
}

function countsOf(species: readonly SimulatedSpecies[], settings: SimulationSettings, random: Rng): number[] {
  const byOrder = new Map<string, number>();
  for (const { lineage } of species) byOrder.set(lineage.order ?? '', (byOrder.get(lineage.order ?? '') ?? 0) + 1);
  const orders = [...byOrder];
  const records = orders.map(([order]) => orderShares.find((share) => share.order === order)?.records ?? 0);
  const spare = apportion(settings.specimens - settings.species, records, 0);
  return orders.flatMap(([, count], i) => abundances((spare[i] ?? 0) + count, count, random));
}

function record(individual: Individual, index: number): Specimen {
  return {
    processId: processId(index),
    sampleId: sampleId(index),
    lineage: individual.shown,
    bin: individual.bin,
    barcode: individual.barcode,
  };
}

function processId(index: number): string {
  return `SIMUL${index + 1}-26`;
}

/** Plate and well: 95 specimens and a control fill a plate of 8 x 12. */
function sampleId(index: number): string {
  const plate = (Math.floor(index / 95) + 1).toString().padStart(5, '0');
  const position = index % 95;
  const wellRow = 'ABCDEFGH'.charAt(position % 8);
  return `SIM${plate}-${wellRow}${(Math.floor(position / 8) + 1).toString().padStart(2, '0')}`;
}
