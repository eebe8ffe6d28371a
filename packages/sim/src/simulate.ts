import { rng, type Lineage, type Rng, type Specimen } from '@bioscan/core';
import { assignBins } from './bins.js';
import { abundances, population, type ReadBarcode } from './population.js';
import { simulationSettings, type SimulationOptions, type SimulationSettings } from './settings.js';
import { simulateSpecies, type SimulatedSpecies } from './species-tree.js';

/** Goes into every result that rests on simulated records. Changes whenever the same settings give other records. */
export const simulatorVersion = 'barcodes-1';

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
 * The same settings give the same records on every machine. Its distances are set by hand, not yet fitted to real insects.
 */
export function simulate(options: SimulationOptions = {}): Simulation {
  const settings = simulationSettings(options);
  const random = rng(settings.seed);
  const individuals = simulateIndividuals(settings, random);
  const labels = random.split('withheld');
  return {
    settings,
    version: simulatorVersion,
    banner: `SIMULATED: property of generator ${simulatorVersion}`,
    specimens: individuals.map((individual, i) => record(individual, i, labels.uniform() < settings.unlabelled)),
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
  const counts = abundances(settings, random.split('abundance'));
  const naming = random.split('placeholders');
  const reads = species.flatMap((one, i) => {
    const shown = naming.uniform() < settings.placeholders ? placeholder(one.lineage, i) : one.lineage;
    return population(one, counts[i] ?? 1, settings, random.split(`population ${i}`)).map((read) => ({
      ...read,
      species: one,
      shown,
    }));
  });
  const bins = assignBins(reads.map((read) => read.haplotype));
  return random.split('order').shuffle(reads.map((read, i) => ({ ...read, bin: bins[i] as string })));
}

function placeholder(lineage: Lineage, index: number): Lineage {
  return { ...lineage, species: `${lineage.genus ?? ''} sp. ${index}SIM` };
}

function record(individual: Individual, index: number, withheld: boolean): Specimen {
  const { species, ...coarser } = individual.shown;
  return {
    processId: processId(index),
    sampleId: sampleId(index),
    lineage: withheld || species === undefined ? coarser : individual.shown,
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
