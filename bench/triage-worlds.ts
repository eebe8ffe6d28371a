import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import {
  collect,
  embed,
  embeddingsOf,
  labelAt,
  ranks,
  type Neighbours,
  type Rank,
  type Runtime,
  type Store,
} from '@bioscan/core';
import { kmerEncoder } from '@bioscan/dna/baselines';
import {
  checkCrossModal,
  countryMap,
  fitSuspicion,
  library,
  rankCases,
  runChecks,
  suspicionsOf,
  type CheckFinding,
  type CountryMap,
  type Library,
  type SuspicionExample,
  type SuspicionModel,
  type TriageCase,
  type WorldTopology,
} from '@bioscan/qc';
import { exactNeighbours } from '@bioscan/runtime';
import { errorsAt, simulate, worlds, type ErrorKind, type Simulation, type WorldKey } from '@bioscan/sim';
import { alignedWorld } from './triage-photos.js';

/** One simulated collection with planted errors, checked. */
export interface CheckedWorld {
  readonly name: WorldKey;
  readonly simulation: Simulation;
  readonly library: Library;
  readonly findings: readonly CheckFinding[];
  /** Photo against barcode by models that saw the records: for comparison only. */
  readonly inSample: readonly CheckFinding[];
  readonly kinds: ReadonlyMap<string, ErrorKind>;
  readonly hasPhotos: boolean;
}

export interface WorldChoice {
  readonly name: WorldKey;
  readonly seed: number;
  /** Share of records that bear each kind. */
  readonly rate: number;
  readonly specimens: number;
  /** Takes a column away, as many tables lack it: its checks must not carry all the weight. */
  readonly without?: 'bin' | 'sampleId';
  /** Share of species that stand under a congener's name, where it is not the rate of the rest. */
  readonly cryptic?: number;
}

let map: CountryMap | undefined;

/** The outlines of countries that `bioscan qc` uses. */
export function worldMap(): CountryMap {
  const file = createRequire(new URL('../packages/cli/package.json', import.meta.url)).resolve(
    'world-atlas/countries-50m.json',
  );
  return (map ??= countryMap(JSON.parse(readFileSync(file, 'utf8')) as WorldTopology));
}

/** What worlds are checked with. */
export interface WorldHost {
  readonly runtime: Runtime;
  /** Where rendered photos are kept; absent: no photos, tiers 1 to 3 only. */
  readonly photos?: Store;
  /** Of the small aligned model, instead of the protocol's. */
  readonly steps?: number;
}

/** Simulates, plants and checks: tiers 1 to 3, with 4-mers as the embedding that knows no labels, and tier 4 where there are photos. */
export async function checkedWorld(choice: WorldChoice, host: WorldHost): Promise<CheckedWorld> {
  const { name, seed, rate, specimens, without, cryptic = rate } = choice;
  const errors = { ...errorsAt(rate), 'cryptic-species': cryptic };
  const simulation = simulate({ seed, specimens, world: { ...worlds[name], errors } });
  const rows = simulation.specimens.map((row) => {
    if (without === undefined) return row;
    const { [without]: _, ...rest } = row;
    return rest;
  });
  const made = library(rows);
  const neighbours = await kmerNeighbours(made, host.runtime);
  const aligned =
    host.photos === undefined
      ? undefined
      : await alignedWorld(made, simulation, {
          cache: host.photos,
          runtime: host.runtime,
          ...(host.steps === undefined ? {} : { steps: host.steps }),
        });
  const { crossFitted, inSample } = aligned ?? {};
  const { findings } = await runChecks(made, {
    countries: worldMap(),
    neighbours,
    ...(crossFitted === undefined ? {} : { crossModal: crossFitted }),
  });
  return {
    name,
    simulation,
    library: made,
    findings,
    inSample: inSample === undefined ? [] : checkCrossModal(made, inSample),
    kinds: new Map(simulation.errors.map(({ processId, kind }) => [processId, kind])),
    hasPhotos: aligned !== undefined,
  };
}

/** Nearest haplotypes of each haplotype by cosine of 4-mer counts. */
async function kmerNeighbours({ haplotypes, records }: Library, runtime: Runtime): Promise<Neighbours> {
  const encoder = kmerEncoder({ k: 4 });
  const inputs = haplotypes.barcodes.map((input, h) => ({
    id: records[haplotypes.members[h]?.[0] ?? -1]?.processId ?? '',
    input,
  }));
  const embedded = embeddingsOf(await collect(embed(encoder, inputs, { total: inputs.length })), encoder.provenance);
  return exactNeighbours(runtime, embedded, embedded, { k: 40, metric: 'cosine', groupOf: (id) => id });
}

/** Kinds that tables and barcodes cannot show: a swapped photo, a record copied from the same species, a species lumped with another. */
export const unseenKinds: ReadonlySet<ErrorKind> = new Set(['swapped-image', 'duplicated-barcode', 'cryptic-species']);

/** Records of worlds as examples; those of kinds that cannot be seen are left out. */
export function examplesOf(checked: readonly CheckedWorld[]): SuspicionExample[] {
  return checked.flatMap(({ library: made, findings, kinds, hasPhotos }) => {
    const suspicions = suspicionsOf(findings);
    return made.records.flatMap(({ processId }): SuspicionExample[] => {
      const kind = kinds.get(processId);
      if (kind !== undefined && unseenKinds.has(kind) && !(hasPhotos && kind === 'swapped-image')) return [];
      return [{ suspicions: suspicions.get(processId) ?? new Map<string, number>(), wrong: kind !== undefined }];
    });
  });
}

/** The weights of other worlds. */
export function fitOn(checked: readonly CheckedWorld[], source: string): SuspicionModel {
  return fitSuspicion(examplesOf(checked), source);
}

/** Cases of a world, most suspicious first. */
export function casesOf(
  { library: made, findings }: CheckedWorld,
  model: SuspicionModel,
  prevalence: number,
): TriageCase[] {
  return rankCases(made, findings, { model, prevalence });
}

/** How far an error lies from the truth: the coarsest rank at which the record's name or barcode differs; `none` for errors of one record alone. */
export function stratum({ simulation }: CheckedWorld, processId: string): Rank | 'none' {
  const error = simulation.errors.find((one) => one.processId === processId);
  const at = simulation.truth.findIndex((row) => row.processId === processId);
  const donor = simulation.truth.find((row) => row.processId === error?.others[0]);
  const own = simulation.truth[at];
  if (own === undefined || donor === undefined) return 'none';
  return ranks.find((rank) => labelAt(own, rank) !== labelAt(donor, rank)) ?? 'none';
}
