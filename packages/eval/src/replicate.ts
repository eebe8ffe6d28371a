import type { Outcomes } from './outcomes.js';
import type { Draws, ResamplingUnit } from './resampler.js';
import { isRight } from './scores.js';

export type Statistic = 'macro' | 'micro';

/** The accuracy of each bootstrap draw, from sums made once for each unit. */
export function replicate(
  outcomes: Outcomes,
  draws: Draws,
  { statistic, top, unit }: { readonly statistic: Statistic; readonly top: number; readonly unit: ResamplingUnit },
): Float64Array {
  const replicates = new Float64Array(draws.replicateStart.length - 1);
  switch (statistic) {
    case 'micro':
      ratioReplicates(
        draws,
        unitSums(outcomes, draws, top, () => 1),
        replicates,
      );
      return replicates;
    case 'macro':
      macroReplicates(outcomes, draws, top, unit, replicates);
      return replicates;
    default:
      return statistic satisfies never;
  }
}

interface Sums {
  readonly right: Float64Array;
  readonly total: Float64Array;
}

/** Weighted queries right and weighted queries of each unit. */
function unitSums(outcomes: Outcomes, draws: Draws, top: number, weight: (i: number) => number): Sums {
  const right = new Float64Array(draws.units);
  const total = new Float64Array(draws.units);
  for (let i = 0; i < outcomes.queryIds.length; i++) {
    const unit = draws.unitOf[i] as number;
    const share = weight(i);
    total[unit] = (total[unit] as number) + share;
    if (isRight(outcomes, i, top)) right[unit] = (right[unit] as number) + share;
  }
  return { right, total };
}

/** Sum of the drawn units' right over the sum of their totals. */
function ratioReplicates(draws: Draws, { right, total }: Sums, replicates: Float64Array): void {
  for (let r = 0; r < replicates.length; r++) {
    const [start, end] = drawnRange(draws, r);
    let rights = 0;
    let totals = 0;
    for (let at = start; at < end; at++) {
      const unit = draws.drawn[at] as number;
      rights += right[unit] as number;
      totals += total[unit] as number;
    }
    replicates[r] = rights / totals;
  }
}

function macroReplicates(
  outcomes: Outcomes,
  draws: Draws,
  top: number,
  unit: ResamplingUnit,
  replicates: Float64Array,
): void {
  const { rank, truth, classWeight } = outcomes;
  if (rank === 'species' || rank === 'bin') {
    // A class is about as small as a unit: give each query 1 / (queries of its class), and a class drawn twice counts twice.
    const sizes = new Map<string, number>();
    for (const label of truth) sizes.set(label, (sizes.get(label) ?? 0) + 1);
    const weight = (i: number): number => {
      const label = truth[i] as string;
      return (classWeight?.get(label) ?? 1) / (sizes.get(label) as number);
    };
    ratioReplicates(draws, unitSums(outcomes, draws, top, weight), replicates);
  } else if (rank === 'genus' && unit === 'genus>species') {
    copyReplicates(outcomes, draws, top, replicates);
  } else {
    classReplicates(outcomes, draws, top, replicates);
  }
}

/** Mean over drawn genera of the share right among the species drawn inside. */
function copyReplicates(outcomes: Outcomes, draws: Draws, top: number, replicates: Float64Array): void {
  const { right, total } = unitSums(outcomes, draws, top, () => 1);
  const weights = new Float64Array(draws.units);
  outcomes.truth.forEach((label, i) => (weights[draws.unitOf[i] as number] = outcomes.classWeight?.get(label) ?? 1));
  for (let r = 0; r < replicates.length; r++) {
    let weighted = 0;
    let weightSum = 0;
    const lastCopy = draws.replicateStart[r + 1] as number;
    for (let copy = draws.replicateStart[r] as number; copy < lastCopy; copy++) {
      const start = draws.copyStart[copy] as number;
      let rights = 0;
      let totals = 0;
      for (let at = start; at < (draws.copyStart[copy + 1] as number); at++) {
        rights += right[draws.drawn[at] as number] as number;
        totals += total[draws.drawn[at] as number] as number;
      }
      const weight = weights[draws.drawn[start] as number] as number;
      weighted += (weight * rights) / totals;
      weightSum += weight;
    }
    replicates[r] = weighted / weightSum;
  }
}

/** Mean over the classes that a replicate drew: for ranks whose few classes are fixed while species vary. */
function classReplicates(outcomes: Outcomes, draws: Draws, top: number, replicates: Float64Array): void {
  const { classes, cells } = classCells(outcomes, draws, top);
  const rights = new Float64Array(classes.length);
  const totals = new Float64Array(classes.length);
  for (let r = 0; r < replicates.length; r++) {
    rights.fill(0);
    totals.fill(0);
    const [start, end] = drawnRange(draws, r);
    for (let at = start; at < end; at++) {
      for (const cell of cells[draws.drawn[at] as number] ?? []) {
        rights[cell.class] = (rights[cell.class] as number) + cell.right;
        totals[cell.class] = (totals[cell.class] as number) + cell.total;
      }
    }
    let weighted = 0;
    let weightSum = 0;
    classes.forEach((label, c) => {
      if (totals[c] === 0) return;
      const weight = outcomes.classWeight?.get(label) ?? 1;
      weighted += (weight * (rights[c] as number)) / (totals[c] as number);
      weightSum += weight;
    });
    replicates[r] = weighted / weightSum;
  }
}

interface Cell {
  readonly class: number;
  right: number;
  total: number;
}

function classCells(outcomes: Outcomes, draws: Draws, top: number): { classes: string[]; cells: Cell[][] } {
  const classes = [...new Set(outcomes.truth)];
  const position = new Map(classes.map((label, c) => [label, c]));
  const cells: Cell[][] = Array.from({ length: draws.units }, () => []);
  outcomes.truth.forEach((label, i) => {
    const row = cells[draws.unitOf[i] as number] ?? [];
    const c = position.get(label) ?? 0;
    let cell = row.find((one) => one.class === c);
    if (cell === undefined) {
      cell = { class: c, right: 0, total: 0 };
      row.push(cell);
    }
    cell.total++;
    if (isRight(outcomes, i, top)) cell.right++;
  });
  return { classes, cells };
}

function drawnRange(draws: Draws, replicate: number): [number, number] {
  const first = draws.replicateStart[replicate] as number;
  const last = draws.replicateStart[replicate + 1] as number;
  return [draws.copyStart[first] as number, draws.copyStart[last] as number];
}
