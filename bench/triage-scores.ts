import { pairedInterval } from '@bioscan/align/controls';
import type { ErrorKind } from '@bioscan/sim';
import type { List, ScoredRecord, WorldScore } from './triage-jobs.js';

/** Precision at which recall is reported. */
export const aim = 0.8;

/** Kinds that tables, barcodes and photos cannot show or that are no errors: they count for neither side. */
export const setApart: ReadonlySet<ErrorKind> = new Set(['duplicated-barcode']);

/** How much of a table is wrong: each kind at this share, or all kinds together, each as often as the others. */
export interface Prevalence {
  readonly share: number;
  readonly of: 'each kind' | 'all kinds together';
}

interface Weighed {
  readonly chance: number;
  readonly weight: number;
  readonly wrong: boolean;
}

/**
 * Records of a list with weights under which each kind of error has its stated share, however many a world holds (whole plates would outnumber the
 * rest). Records without an error weigh 1, lumped species too: naming those an error is a false alarm.
 */
export function weighed({ records, scored }: WorldScore, list: List, prevalence: Prevalence): Weighed[] {
  const numbers = new Map<ErrorKind, number>();
  for (const { error } of scored) if (error !== undefined) numbers.set(error.kind, (numbers.get(error.kind) ?? 0) + 1);
  const planted = [...numbers.values()].reduce((sum, number) => sum + number, 0);
  const kinds = [...numbers.keys()].filter((kind) => counts(kind)).length;
  const { share, of } = prevalence;
  const clean = records - planted;
  const total = of === 'each kind' ? share * kinds : share;
  const each = ((total / (1 - total)) * clean) / Math.max(1, kinds);
  return scored.flatMap(({ error, chance }): Weighed[] => {
    const value = chance[list];
    if (value === undefined) return [];
    if (error === undefined || error.kind === 'cryptic-species') return [{ chance: value, weight: 1, wrong: false }];
    if (!counts(error.kind)) return [];
    return [{ chance: value, weight: each / (numbers.get(error.kind) ?? 1), wrong: true }];
  });
}

function counts(kind: ErrorKind): boolean {
  return kind !== 'cryptic-species' && !setApart.has(kind);
}

/** The lowest estimate at which at least 80 % of what is named is wrong; Infinity where the list never gets there. Equal estimates stand or fall together. */
export function thresholdOf(records: readonly Weighed[], precision: number = aim): number {
  const sorted = [...records].sort((a, b) => b.chance - a.chance);
  let [wrong, all, threshold] = [0, 0, Infinity];
  sorted.forEach((one, i) => {
    all += one.weight;
    if (one.wrong) wrong += one.weight;
    if (sorted[i + 1]?.chance !== one.chance && wrong / all >= precision) threshold = one.chance;
  });
  return threshold;
}

export function precisionAt(records: readonly Weighed[], threshold: number): number {
  const named = records.filter(({ chance }) => chance >= threshold);
  const sum = (some: readonly Weighed[]): number => some.reduce((total, { weight }) => total + weight, 0);
  return named.length === 0 ? Number.NaN : sum(named.filter(({ wrong }) => wrong)) / sum(named);
}

/** Share of some planted records that a list names; undefined where none was planted. */
export function recallOf(
  { scored }: WorldScore,
  list: List,
  threshold: number,
  isOne: (error: NonNullable<ScoredRecord['error']>) => boolean,
): { readonly planted: number; readonly found: number } {
  const own = scored.filter(({ error }) => error !== undefined && isOne(error));
  return { planted: own.length, found: own.filter(({ chance }) => (chance[list] ?? -1) >= threshold).length };
}

/** Of the 50 records that head the list, those set apart left out, the share that is wrong, as planted. */
export function topOf({ scored }: WorldScore, list: List, count = 50): number {
  const head = scored
    .filter(({ error, chance }) => chance[list] !== undefined && !(error !== undefined && setApart.has(error.kind)))
    .sort((a, b) => (b.chance[list] ?? 0) - (a.chance[list] ?? 0))
    .slice(0, count);
  return head.filter(({ error }) => error !== undefined && counts(error.kind)).length / count;
}

/** Mean over worlds with its 95 % t interval; the values themselves where there are fewer than three. */
export function interval(values: readonly number[]): string {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return '–';
  if (known.length < 3) return known.map((value) => value.toFixed(2)).join(', ');
  const { mean, interval: bounds } = pairedInterval(known, 'world');
  const { low = mean, high = mean } = bounds ?? {};
  return `${mean.toFixed(2)} [${Math.max(0, low).toFixed(2)}, ${Math.min(1, high).toFixed(2)}]`;
}
