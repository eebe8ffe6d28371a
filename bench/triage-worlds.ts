import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { labelAt, ranks, type Neighbours, type Rank } from '@bioscan/core';
import { kmerEncoder } from '@bioscan/dna/baselines';
import {
  countryMap,
  fitSuspicion,
  library,
  rankCases,
  runChecks,
  suspicionsOf,
  type CountryMap,
  type Library,
  type SuspicionExample,
  type SuspicionModel,
  type TriageCase,
  type WorldTopology,
} from '@bioscan/qc';
import { errorsAt, simulate, worlds, type ErrorKind, type Simulation, type WorldKey } from '@bioscan/sim';

/** One simulated collection with planted errors, checked. */
export interface CheckedWorld {
  readonly name: WorldKey;
  readonly simulation: Simulation;
  readonly library: Library;
  readonly findings: Awaited<ReturnType<typeof runChecks>>['findings'];
  readonly kinds: ReadonlyMap<string, ErrorKind>;
}

export interface WorldChoice {
  readonly name: WorldKey;
  readonly seed: number;
  /** Share of records that bear each kind. */
  readonly rate: number;
  readonly specimens: number;
  /** Takes a column away, as many tables lack it: its checks must not carry all the weight. */
  readonly without?: 'bin' | 'sampleId';
}

let map: CountryMap | undefined;

/** The outlines of countries that `bioscan qc` uses. */
export function worldMap(): CountryMap {
  const file = createRequire(new URL('../packages/cli/package.json', import.meta.url)).resolve(
    'world-atlas/countries-50m.json',
  );
  return (map ??= countryMap(JSON.parse(readFileSync(file, 'utf8')) as WorldTopology));
}

/** Simulates, plants and checks; tiers 1 to 3, with 4-mers as the embedding that knows no labels. */
export async function checkedWorld({ name, seed, rate, specimens, without }: WorldChoice): Promise<CheckedWorld> {
  const simulation = simulate({ seed, specimens, world: { ...worlds[name], errors: errorsAt(rate) } });
  const rows = simulation.specimens.map((row) => {
    if (without === undefined) return row;
    const { [without]: _, ...rest } = row;
    return rest;
  });
  const made = library(rows);
  const neighbours = await kmerNeighbours(made, 40);
  const { findings } = await runChecks(made, { countries: worldMap(), neighbours });
  return {
    name,
    simulation,
    library: made,
    findings,
    kinds: new Map(simulation.errors.map(({ processId, kind }) => [processId, kind])),
  };
}

/** Nearest haplotypes of each haplotype by cosine of 4-mer counts: small tables only. */
async function kmerNeighbours({ haplotypes, records }: Library, k: number): Promise<Neighbours> {
  const encoder = kmerEncoder({ k: 4 });
  const { data } = await encoder.encode(haplotypes.barcodes);
  const d = encoder.dimension;
  const n = haplotypes.barcodes.length;
  for (let i = 0; i < n; i++) {
    const row = data.subarray(i * d, (i + 1) * d);
    const norm = Math.hypot(...row) || 1;
    for (let j = 0; j < d; j++) row[j] = (row[j] as number) / norm;
  }
  const ids = haplotypes.members.map((members) => records[members[0] ?? -1]?.processId ?? '');
  const index = new Int32Array(n * k).fill(-1);
  const score = new Float32Array(n * k).fill(Number.NaN);
  for (let q = 0; q < n; q++) {
    const near = Array.from({ length: n }, (_, key) => {
      let dot = 0;
      for (let j = 0; j < d; j++) dot += (data[q * d + j] as number) * (data[key * d + j] as number);
      return { key, dot: key === q ? -1 : dot };
    });
    near.sort((a, b) => b.dot - a.dot || a.key - b.key);
    near.slice(0, k).forEach(({ key, dot }, slot) => {
      index[q * k + slot] = key;
      score[q * k + slot] = dot;
    });
  }
  return { queryIds: ids, keyIds: ids, k, index, score, higherIsNearer: true };
}

/** Kinds that tables and barcodes cannot show: a swapped photo, a record copied from the same species, a species lumped with another. */
export const unseenKinds: ReadonlySet<ErrorKind> = new Set(['swapped-image', 'duplicated-barcode', 'cryptic-species']);

/** Records of worlds as examples; those of kinds that cannot be seen are left out. */
export function examplesOf(checked: readonly CheckedWorld[]): SuspicionExample[] {
  return checked.flatMap(({ library: made, findings, kinds }) => {
    const suspicions = suspicionsOf(findings);
    return made.records.flatMap(({ processId }): SuspicionExample[] => {
      const kind = kinds.get(processId);
      if (kind !== undefined && unseenKinds.has(kind)) return [];
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
