import { rng, type Rng } from '@bioscan/core';
import { placeholderRule, type PlaceholderMode } from '../placeholder-rule.js';
import { allocateSpecies } from './allocate-species.js';
import { testRule, testTarget, valRule, valUnseenRule, type AllocationRule } from './allocation-rules.js';
import { barcodeClasses } from './barcode-classes.js';
import { countNames, resolveClassLabels, type LabelledClass } from './class-labels.js';
import { compare, sortRecords, splitHash, type SetAside, type SplitPlan, type SplitRecord, type SplitStep } from './split-plan.js'; // prettier-ignore

export interface Bioscan5mSplitOptions {
  readonly seed?: number;
  readonly placeholders?: PlaceholderMode;
  /** Records that a placeholder species of a seen genus needs to enter the unseen sets. */
  readonly minimumUnseen?: number;
  /** See {@link ClassLabelOptions}. */
  readonly propagateLabels?: boolean;
  readonly conflicts?: 'majority' | 'set-aside';
  /** The published top-up of val walks species by name and stops at its quota, so late names get none; `shuffled` is fair. */
  readonly longTailOrder?: 'name' | 'shuffled';
}

type Options = Required<Bioscan5mSplitOptions>;

/** Barcodes of one species, ascending by key. */
interface SpeciesPool {
  readonly species: string;
  readonly classes: LabelledClass[];
}

/**
 * Plans the eight splits of BIOSCAN-5M for any labelled table: pretrain (no species), train/val/test (seen), key/val/test_unseen
 * (placeholder species of seen genera) and other_heldout. The unit is the barcode: no barcode lies in two splits, no step takes from an earlier one.
 * Linear but for a sort by process id. Source: arXiv:2406.12723; the published `split` column itself comes from numpy's generator and is not re-made.
 */
export function planBioscan5mSplit(records: Iterable<SplitRecord>, options: Bioscan5mSplitOptions = {}): SplitPlan {
  const settings = withDefaults(options);
  const grouped = barcodeClasses(sortRecords(records));
  const labelled = resolveClassLabels(grouped.classes, settings);
  const draft = new Draft();
  const random = rng(settings.seed);
  const pools = speciesPools(labelled.classes);
  const sets = speciesSets(pools, settings);
  draft.take(
    'pretrain',
    'pretrain',
    labelled.classes.filter(({ species }) => species === undefined),
  );
  splitSeen(draft, sets.seen, random, settings);
  splitUnseen(draft, sets.unseen, random);
  draft.take(
    'other_heldout',
    'other_heldout',
    sets.heldout.flatMap(({ classes }) => classes),
  );
  const setAside = [...grouped.setAside, ...labelled.setAside].sort((a, b) => compare(a.processId, b.processId));
  return finish(draft, settings, setAside, planWarnings(labelled, sets, setAside));
}

function withDefaults(options: Bioscan5mSplitOptions): Options {
  const {
    seed = 0, placeholders = 'bioscan5m', minimumUnseen = 8, propagateLabels = true, conflicts = 'majority', longTailOrder = 'name',
  } = options; // prettier-ignore
  return { seed, placeholders, minimumUnseen, propagateLabels, conflicts, longTailOrder };
}

function finish(draft: Draft, options: Options, setAside: readonly SetAside[], warnings: readonly string[]): SplitPlan {
  const assignment = new Map([...draft.assignment].sort((a, b) => compare(a[0], b[0])));
  const plain = { ...options };
  return {
    method: 'bioscan5m', assignment, setAside, options: plain, steps: draft.steps, warnings, hash: splitHash('bioscan5m', plain, assignment),
  }; // prettier-ignore
}

/** Where records went so far. */
class Draft {
  readonly assignment = new Map<string, string>();
  readonly steps: SplitStep[] = [];

  take(step: string, split: string, classes: readonly LabelledClass[]): void {
    let records = 0;
    for (const { records: members } of classes) {
      records += members.length;
      for (const { processId } of members) this.assignment.set(processId, split);
    }
    const species = new Set(classes.flatMap((one) => one.species ?? [])).size;
    this.steps.push({ step, split, records, barcodes: classes.length, species });
  }
}

function speciesPools(classes: readonly LabelledClass[]): SpeciesPool[] {
  const bySpecies = new Map<string, LabelledClass[]>();
  for (const one of classes) {
    if (one.species === undefined) continue;
    const pool = bySpecies.get(one.species);
    if (pool === undefined) bySpecies.set(one.species, [one]);
    else pool.push(one);
  }
  const pools = Array.from(bySpecies, ([species, members]) => ({ species, classes: members }));
  for (const pool of pools) pool.classes.sort((a, b) => compare(a.key, b.key));
  return pools.sort((a, b) => compare(a.species, b.species));
}

interface SpeciesSets {
  readonly seen: SpeciesPool[];
  readonly unseen: SpeciesPool[];
  readonly heldout: SpeciesPool[];
}

/** Seen: trusted names. Unseen: placeholders with enough records in a seen genus. Held out: the other placeholders. */
function speciesSets(pools: readonly SpeciesPool[], { placeholders, minimumUnseen }: Options): SpeciesSets {
  const sets: SpeciesSets = { seen: [], unseen: [], heldout: [] };
  const novel: SpeciesPool[] = [];
  const seenGenera = new Set<string>();
  for (const pool of pools) {
    const genera = poolGenera(pool);
    const rule = placeholderRule({ genus: genera[0]?.[0], species: pool.species }, placeholders);
    (rule === undefined ? sets.seen : novel).push(pool);
    if (rule === undefined) for (const [genus] of genera) seenGenera.add(genus);
  }
  for (const pool of novel) {
    const known = poolGenera(pool).some(([genus]) => seenGenera.has(genus));
    (known && recordCount(pool) >= minimumUnseen ? sets.unseen : sets.heldout).push(pool);
  }
  return sets;
}

function splitSeen(draft: Draft, seen: readonly SpeciesPool[], random: Rng, options: Options): void {
  const singletons = seen.filter((pool) => recordCount(pool) === 1);
  const others = seen.filter((pool) => recordCount(pool) > 1);
  draft.take('singletons', 'train', takeAll(singletons));
  const allocated = allocate(draft, 'test', testRule, others, random);
  const longTail = others.filter((pool) => recordCount(pool) < 20);
  const quota = roundHalfToEven(
    0.05 * (singletons.length + longTail.reduce((sum, pool) => sum + recordCount(pool), 0)),
  );
  const eligible = longTail.filter((pool) => fitForTopUp(pool, allocated.get(pool.species) ?? 0));
  allocate(draft, 'val', valRule, others, random);
  draft.take('val, long tail', 'val', topUp(eligible, quota, random, options));
  draft.take('train', 'train', takeAll(others));
}

function splitUnseen(draft: Draft, unseen: readonly SpeciesPool[], random: Rng): void {
  allocate(draft, 'test_unseen', testRule, unseen, random);
  allocate(draft, 'val_unseen', valUnseenRule, unseen, random);
  draft.take('key_unseen', 'key_unseen', takeAll(unseen));
}

/** Moves each species' picks to `split`; returns the records taken by species. */
function allocate(
  draft: Draft,
  split: string,
  rule: AllocationRule,
  pools: readonly SpeciesPool[],
  random: Rng,
): Map<string, number> {
  const stream = random.split(split);
  const taken: LabelledClass[] = [];
  const counts = new Map<string, number>();
  for (const pool of pools) {
    const sizes = pool.classes.map((one) => one.records.length);
    const chosen = new Set(allocateSpecies(sizes, rule, stream.split(pool.species)));
    const picked = pool.classes.filter((_, i) => chosen.has(i));
    pool.classes.splice(0, pool.classes.length, ...pool.classes.filter((_, i) => !chosen.has(i)));
    counts.set(
      pool.species,
      picked.reduce((sum, one) => sum + one.records.length, 0),
    );
    taken.push(...picked);
  }
  draft.take(split, split, taken);
  return counts;
}

/** Too few records for the 5 % rule, enough to give one away, and not robbed beyond its share by test. */
function fitForTopUp(pool: SpeciesPool, test: number): boolean {
  const left = recordCount(pool);
  return (
    left >= 7 && left <= 19 && test <= testTarget(left + test) && pool.classes.some((one) => one.records.length === 1)
  );
}

function topUp(pools: readonly SpeciesPool[], quota: number, random: Rng, { longTailOrder }: Options): LabelledClass[] {
  const order = longTailOrder === 'name' ? pools : random.split('long tail').shuffle([...pools]);
  return order.slice(0, quota).flatMap((pool) => {
    const position = pool.classes.findIndex((one) => one.records.length === 1);
    return pool.classes.splice(position, 1);
  });
}

function takeAll(pools: readonly SpeciesPool[]): LabelledClass[] {
  return pools.flatMap((pool) => pool.classes.splice(0));
}

function recordCount(pool: SpeciesPool): number {
  return pool.classes.reduce((sum, one) => sum + one.records.length, 0);
}

/** Genera beside the species' own name; those of unnamed twins do not count. */
function poolGenera(pool: SpeciesPool): (readonly [string, number])[] {
  const named = pool.classes.flatMap(({ records }) => records.filter(({ lineage }) => lineage.species !== undefined));
  return countNames(named.map(({ lineage }) => lineage.genus));
}

/** As Python rounds: 2.5 becomes 2. */
function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}

function planWarnings(
  labels: { readonly propagated: number; readonly conflicts: number },
  sets: SpeciesSets,
  setAside: readonly SetAside[],
): string[] {
  const warnings: string[] = [];
  if (labels.propagated > 0)
    warnings.push(`${labels.propagated} records without a species stand with their identical twins`);
  if (labels.conflicts > 0) warnings.push(`${labels.conflicts} barcodes are found under several species`);
  if (setAside.length > 0) warnings.push(`${setAside.length} records are in no split (see setAside)`);
  if (sets.unseen.length === 0) warnings.push('no placeholder species qualifies as unseen: use planOpenWorldSplit');
  return warnings;
}
