import { rng, type Rng } from '@bioscan/core';
import { openWorldSettings, type OpenWorldSettings, type OpenWorldSplitOptions } from './open-world-options.js';
import { assignRoles, type SpeciesRole } from './species-roles.js';
import { dealClasses, type Portion } from './species-portions.js';
import { compare, sortRecords, splitHash, type SetAside, type SplitPlan, type SplitRecord, type SplitStep } from './split-plan.js'; // prettier-ignore
import { trustedSpecies, windowClasses, type WindowClass, type WindowClasses } from './window-classes.js';

/** A {@link SplitPlan} for an open world, and what an evaluation needs to know of it. */
export interface OpenWorldPlan extends SplitPlan {
  readonly method: 'open-world';
  /** Species in the common window and what they are. key_unseen holds the keys of val_unseen and test_unseen: narrow them down by this. */
  readonly roles: ReadonlyMap<string, SpeciesRole>;
  /** Queries of held-out species whose BIN a seen species has too: a stratum to report apart. */
  readonly sharedBinQueries: readonly string[];
  /** The stretch in which barcodes were compared, on the frame of the commonest barcode length. */
  readonly window: { readonly start: number; readonly width: number };
}

const seenSplits = new Set(['train', 'val', 'test', 'pretrain']);
const querySplits = new Set(['val_unseen', 'test_unseen', 'other_heldout']);

/**
 * Plans a split for open-world work on any labelled table, by whole barcodes of a common window: `train`/`val`/`test` (seen species),
 * `key_unseen` with species-disjoint `val_unseen` and `test_unseen`, `other_heldout` (novel: no key anywhere), `pretrain` (seen species, labels to
 * be hidden, and records without a trusted name; nothing of a held-out species' barcodes or BINs), and the reserves `fragments` (short records) and
 * `surplus` (beyond the cap of a species). Placeholder names (mode `strict`) count as no name. Linear but for sorting; 100,000 records take about 20 s.
 */
export function planOpenWorldSplit(records: Iterable<SplitRecord>, options: OpenWorldSplitOptions = {}): OpenWorldPlan {
  const settings = openWorldSettings(options);
  const sorted = sortRecords(records);
  const random = rng(settings.seed);
  const grouped = windowClasses(sorted, settings.minimumLength);
  const capped = capSpecies(grouped.classes, settings.speciesCap, random.split('cap'));
  const roles = assignRoles(capped.kept, sorted, settings, random);
  const draft = new Draft();
  draft.takeRecords('shorter than the window', 'fragments', grouped.fragments);
  draft.takeRecords(
    'beyond the species cap',
    'surplus',
    capped.surplus.flatMap((one) => one.records),
  );
  const heldOut = binsHeldOut(sorted, capped.kept, roles);
  dealSpecies(draft, capped.kept, roles, settings, heldOut, random.split('deal'));
  const unnamed = takeUnnamed(draft, capped.kept, heldOut);
  return finish(draft, settings, sorted, roles, grouped, unnamed);
}

/** BINs of held-out species, over all records, fragments and records without a name that have one of their barcodes too. */
function binsHeldOut(
  records: readonly SplitRecord[],
  classes: readonly WindowClass[],
  roles: ReadonlyMap<string, SpeciesRole>,
): ReadonlySet<string> {
  const isHeld = (species: string | undefined): boolean => (roles.get(species ?? '') ?? 'seen') !== 'seen';
  const named = records.filter((record) => isHeld(trustedSpecies(record)));
  const alike = classes.filter(({ species }) => isHeld(species[0])).flatMap((one) => one.records);
  return new Set([...named, ...alike].flatMap(({ bin }) => bin ?? []));
}

/** Keeps whole barcodes of a species, in random order, while they fit under its cap; always at least one. */
function capSpecies(
  classes: readonly WindowClass[],
  cap: number,
  random: Rng,
): { readonly kept: readonly WindowClass[]; readonly surplus: readonly WindowClass[] } {
  const surplus = new Set<WindowClass>();
  for (const [species, members] of bySpecies(classes)) {
    const total = members.reduce((sum, one) => sum + one.records.length, 0);
    if (total <= cap) continue;
    let taken = 0;
    for (const one of random.split(species).shuffle([...members])) {
      const fits = taken === 0 || taken + one.records.length <= cap;
      if (fits) taken += one.records.length;
      else surplus.add(one);
    }
  }
  return { kept: classes.filter((one) => !surplus.has(one)), surplus: [...surplus] };
}

/** Classes of each species, a class of several species under its first. Sorted by species. */
function bySpecies(classes: readonly WindowClass[]): (readonly [string, WindowClass[]])[] {
  const members = new Map<string, WindowClass[]>();
  for (const one of classes) {
    const [first] = one.species;
    if (first === undefined) continue;
    const list = members.get(first);
    if (list === undefined) members.set(first, [one]);
    else list.push(one);
  }
  return [...members].sort((a, b) => compare(a[0], b[0]));
}

function dealSpecies(
  draft: Draft,
  classes: readonly WindowClass[],
  roles: ReadonlyMap<string, SpeciesRole>,
  settings: OpenWorldSettings,
  heldOut: ReadonlySet<string>,
  random: Rng,
): void {
  const dealt = new Map<string, WindowClass[]>();
  for (const [species, members] of bySpecies(classes)) {
    const total = members.reduce((sum, one) => sum + one.records.length, 0);
    const { base, portions } = portionsOf(roles.get(species) ?? 'seen', total, settings);
    for (const [one, split] of dealClasses(members, base, portions, random.split(species))) {
      const allowed = split === 'pretrain' && touches(one, heldOut) ? base : split;
      dealt.set(allowed, [...(dealt.get(allowed) ?? []), one]);
    }
  }
  for (const [split, members] of [...dealt].sort((a, b) => compare(a[0], b[0]))) draft.take(split, split, members);
}

function portionsOf(
  role: SpeciesRole,
  total: number,
  { recordShares: { test, val, pretrain, keys } }: OpenWorldSettings,
): { readonly base: string; readonly portions: readonly Portion[] } {
  const queries = (1 - keys) * total;
  switch (role) {
    case 'seen':
      return {
        base: 'train',
        portions: [
          { split: 'test', records: test * total },
          { split: 'val', records: val * total },
          { split: 'pretrain', records: pretrain * (1 - test - val) * total },
        ],
      };
    case 'val_unseen':
    case 'test_unseen':
      return { base: 'key_unseen', portions: [{ split: role, records: queries }] };
    case 'unseen':
      return {
        base: 'key_unseen',
        portions: [
          { split: 'test_unseen', records: queries / 2 },
          { split: 'val_unseen', records: queries / 2 },
        ],
      };
    case 'novel':
      return { base: 'other_heldout', portions: [] };
    default:
      throw new TypeError(`data: unknown role ${String(role satisfies never)}`);
  }
}

function touches(one: WindowClass, bins: ReadonlySet<string>): boolean {
  return one.records.some(({ bin }) => bin !== undefined && bins.has(bin));
}

/** Classes without a trusted name go to pretrain, unless their BIN is that of a held-out species. */
function takeUnnamed(draft: Draft, classes: readonly WindowClass[], heldOut: ReadonlySet<string>): SetAside[] {
  const unnamed = classes.filter((one) => one.species.length === 0);
  const safe = unnamed.filter((one) => !touches(one, heldOut));
  draft.take('without a trusted name', 'pretrain', safe);
  const reason = 'no trusted species, and in a BIN that is held out';
  return unnamed
    .filter((one) => touches(one, heldOut))
    .flatMap((one) => one.records.map(({ processId }) => ({ processId, reason })));
}

class Draft {
  readonly assignment = new Map<string, string>();
  readonly steps: SplitStep[] = [];

  take(step: string, split: string, classes: readonly WindowClass[]): void {
    this.takeRecords(step, split, classes.flatMap((one) => one.records), classes.length); // prettier-ignore
  }

  takeRecords(step: string, split: string, records: readonly SplitRecord[], barcodes?: number): void {
    for (const { processId } of records) this.assignment.set(processId, split);
    this.steps.push({
      step,
      split,
      records: records.length,
      barcodes: barcodes ?? new Set(records.map(({ barcode }) => barcode)).size,
      species: new Set(records.flatMap((record) => trustedSpecies(record) ?? [])).size,
    });
  }
}

function finish(
  draft: Draft,
  settings: OpenWorldSettings,
  records: readonly SplitRecord[],
  roles: ReadonlyMap<string, SpeciesRole>,
  grouped: WindowClasses,
  unnamed: readonly SetAside[],
): OpenWorldPlan {
  const assignment = new Map([...draft.assignment].sort((a, b) => compare(a[0], b[0])));
  const setAside = [...grouped.setAside, ...unnamed].sort((a, b) => compare(a.processId, b.processId));
  const rowsIn = (splits: ReadonlySet<string>): SplitRecord[] =>
    records.filter(({ processId }) => splits.has(assignment.get(processId) ?? ''));
  const seenBins = new Set(rowsIn(seenSplits).flatMap(({ bin }) => bin ?? []));
  const queries = rowsIn(querySplits);
  const sharedBinQueries = queries
    .filter(({ bin }) => bin !== undefined && seenBins.has(bin))
    .map(({ processId }) => processId);
  const options = { ...settings };
  return {
    method: 'open-world', assignment, setAside, options, steps: draft.steps, roles, sharedBinQueries, window: grouped.window,
    warnings: planWarnings(records, assignment, roles, settings, { setAside, shared: sharedBinQueries.length, queries: queries.length }),
    hash: splitHash('open-world', options, assignment),
  }; // prettier-ignore
}

function planWarnings(
  records: readonly SplitRecord[],
  assignment: ReadonlyMap<string, string>,
  roles: ReadonlyMap<string, SpeciesRole>,
  { speciesShares }: OpenWorldSettings,
  counts: { readonly setAside: readonly SetAside[]; readonly shared: number; readonly queries: number },
): string[] {
  const warnings: string[] = [];
  const held = [...roles.values()].filter((role) => role !== 'seen').length;
  const wanted = (speciesShares.valUnseen + speciesShares.testUnseen + speciesShares.novel) * roles.size;
  if (held < Math.floor(wanted)) {
    warnings.push(
      `${held} species are held out, ${Math.floor(wanted)} were wanted: too few have enough records and a seen congener`,
    );
  }
  const named = new Set(records.flatMap((record) => trustedSpecies(record) ?? []));
  if (named.size > roles.size)
    warnings.push(`${named.size - roles.size} species have only fragments or surplus and no role`);
  const binless = records.filter(({ processId, bin, ...rest }) => {
    const split = assignment.get(processId);
    return split === 'pretrain' && bin === undefined && trustedSpecies({ processId, ...rest }) === undefined;
  });
  if (binless.length > 0) {
    warnings.push(
      `${binless.length} pretrain records have neither a trusted name nor a BIN: they may belong to held-out species`,
    );
  }
  if (counts.shared > 0)
    warnings.push(
      `${counts.shared} of ${counts.queries} held-out queries share a BIN with a seen species: report them apart`,
    );
  if (counts.setAside.length > 0) warnings.push(`${counts.setAside.length} records are in no split (see setAside)`);
  const absent = [...seenSplits, 'key_unseen', ...querySplits].filter(
    (split) => !new Set(assignment.values()).has(split),
  );
  if (absent.length > 0) warnings.push(`no records in ${absent.join(', ')}`);
  return warnings;
}
