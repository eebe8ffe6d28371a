import type { Rng } from '@bioscan/core';
import type { AllocationRule } from './allocation-rules.js';

interface Candidate {
  readonly index: number;
  readonly size: number;
}

interface Search {
  readonly rule: AllocationRule;
  readonly records: number;
  readonly target: number;
  readonly upper: number;
  readonly cap: number;
  readonly random: Rng;
}

/**
 * Chooses whole barcodes of one species for a held-out set, as the BIOSCAN-5M split does. Pure; `random` decides among equally fit barcodes.
 * @param sizes records of each barcode of the species, in any order that is the same in every run
 * @returns positions in `sizes`, in order of choice; empty when the species gives nothing
 */
export function allocateSpecies(sizes: readonly number[], rule: AllocationRule, random: Rng): number[] {
  const records = sizes.reduce((sum, size) => sum + size, 0);
  const target = rule.target(records);
  if (target === 0 || sizes.length < 2) return [];
  const search: Search = {
    rule, records, target, random, upper: rule.upper(records), cap: rule.barcodes(sizes.length),
  }; // prettier-ignore
  const left = sizes
    .map((size, index): Candidate => ({ index, size }))
    .sort((a, b) => a.size - b.size || a.index - b.index);
  const picked: number[] = [];
  let allocated = 0;
  while (allocated < target) {
    const position = pick(search, left, allocated, picked.length);
    const [choice] = position === undefined ? [] : left.splice(position, 1);
    if (choice === undefined) break;
    picked.push(choice.index);
    allocated += choice.size;
    if (picked.length >= search.cap) break;
  }
  return allocated >= rule.lower ? picked : [];
}

/** Position in `left` of the next barcode; undefined ends the search. */
function pick(search: Search, left: readonly Candidate[], allocated: number, picks: number): number | undefined {
  const { rule, target, cap, random } = search;
  const remaining = target - allocated;
  const needed = rule.soft * target - allocated;
  const totals = runningTotals(left);
  const ideal = [...left.keys()].filter((i) => sizeAt(left, i) <= remaining && (totals[i] ?? 0) >= needed);
  if (ideal.length === 0) return pickWithoutIdeal(search, left, totals, allocated);
  if (picks + 1 >= cap) return pickLast(search, left, allocated);
  const upperHalf = ideal.slice(Math.floor(ideal.length / 2));
  return upperHalf[random.integer(upperHalf.length)];
}

function pickWithoutIdeal(
  search: Search,
  left: readonly Candidate[],
  totals: readonly number[],
  allocated: number,
): number | undefined {
  const { rule, target, upper, records } = search;
  const smallest = left[0]?.size;
  if (smallest === undefined) return undefined;
  // The published rule does not look at the upper bound here.
  if (allocated === 0 && smallest > target) return smallest >= rule.lower && smallest < records / 2 ? 0 : undefined;
  if (smallest > rule.softStop * target - allocated) {
    return smallest > (target - allocated) / 2 || allocated + smallest > upper ? undefined : 0;
  }
  const reaching = totals.findIndex((total) => total >= rule.soft * target - allocated);
  if (reaching < 0 || allocated + sizeAt(left, reaching) > upper) return undefined;
  const before = reaching - 1;
  return before >= 0 && miss(left, before, allocated, target) < miss(left, reaching, allocated, target)
    ? before
    : reaching;
}

/** The last pick that the barcode cap allows: the largest that fits, or the next larger one where it comes closer to the target. */
function pickLast(search: Search, left: readonly Candidate[], allocated: number): number {
  const { target, upper } = search;
  const fitting = left.findLastIndex((candidate) => candidate.size <= target - allocated);
  const larger = fitting + 1;
  const closer = larger < left.length && miss(left, larger, allocated, target) < miss(left, fitting, allocated, target);
  return closer && allocated + sizeAt(left, larger) <= upper ? larger : fitting;
}

function miss(left: readonly Candidate[], position: number, allocated: number, target: number): number {
  return Math.abs(allocated + sizeAt(left, position) - target);
}

function sizeAt(left: readonly Candidate[], position: number): number {
  return left[position]?.size ?? 0;
}

function runningTotals(left: readonly Candidate[]): number[] {
  let sum = 0;
  return left.map(({ size }) => (sum += size));
}
