import { basesOf, isUnambiguous } from '@bioscan/core';
import { placeBarcodes } from './place-barcodes.js';

export interface CommonWindow {
  /** Frame position of the first letter; see {@link placeBarcodes}. */
  readonly start: number;
  readonly width: number;
  /** What each barcode shows in the window; undefined when it does not fill it with enough unambiguous letters. */
  readonly views: readonly (string | undefined)[];
}

/**
 * Finds the stretch of the frame that most barcodes fill, and cuts it out of each. A barcode counts when it spans the whole stretch and at
 * least `minimum` letters of it are A, C, G or T. The stretch is 2 % wider than `minimum`: room for a few ambiguous letters, and little else,
 * because a longer one would lose ragged barcodes and tell more haplotypes apart that agree on the rest.
 * @param weights how many records each barcode stands for
 */
export function findCommonWindow(
  barcodes: readonly string[],
  weights: readonly number[],
  minimum: number,
): CommonWindow {
  const width = Math.ceil(1.02 * minimum);
  const { starts } = placeBarcodes(barcodes);
  const start = bestStart(barcodes, starts, weights, width);
  const views = barcodes.map((barcode, i) => {
    const from = start - (starts[i] as number);
    if (!(from >= 0 && from + width <= barcode.length)) return undefined;
    const view = barcode.slice(from, from + width);
    return countUnambiguous(view) >= minimum ? view : undefined;
  });
  return { start, width, views };
}

/** The window start that most records cover; of several the first. */
function bestStart(
  barcodes: readonly string[],
  starts: Float64Array,
  weights: readonly number[],
  width: number,
): number {
  const changes = new Map<number, number>();
  for (const [i, { length }] of barcodes.entries()) {
    const first = starts[i] as number;
    if (Number.isNaN(first) || length < width) continue;
    const weight = weights[i] ?? 1;
    changes.set(first, (changes.get(first) ?? 0) + weight);
    const past = first + length - width + 1;
    changes.set(past, (changes.get(past) ?? 0) - weight);
  }
  let best = 0;
  let bestCover = 0;
  let cover = 0;
  for (const [position, change] of [...changes].sort((a, b) => a[0] - b[0])) {
    cover += change;
    if (cover > bestCover) [best, bestCover] = [position, cover];
  }
  return best;
}

function countUnambiguous(view: string): number {
  let count = 0;
  for (let i = 0; i < view.length; i++) if (isUnambiguous(view.charCodeAt(i))) count++;
  return count;
}

/**
 * Groups views that are compatible at every position (N and IUPAC codes fit what they stand for): one group, one barcode. Groups are closed:
 * an ambiguous view that fits two others makes one group of all three. Candidates come from segments without ambiguity, at least one of which
 * any compatible pair shares, so none is missed.
 * @param ambiguous most ambiguous letters of any view
 * @returns the group of each view, named by the position of its first member
 */
export function groupViews(views: readonly string[], ambiguous: number): Int32Array {
  const parents = Int32Array.from(views.keys());
  const blurred = views.flatMap((view, i) => (/[^ACGT]/.test(view) ? [i] : []));
  joinEqual(views, parents);
  const isBlurred = new Set(blurred);
  const cleanIndex = segmentIndex(
    views,
    [...views.keys()].filter((i) => !isBlurred.has(i) && find(parents, i) === i),
    ambiguous + 1,
  );
  const blurredIndex = segmentIndex(views, blurred, 2 * ambiguous + 1);
  for (const i of blurred) {
    const view = views[i] as string;
    for (const other of rarestBucket(cleanIndex, view))
      if (compatible(view, views[other] as string)) join(parents, i, other);
    for (const bucket of buckets(blurredIndex, view)) {
      for (const other of bucket) if (other < i && compatible(view, views[other] as string)) join(parents, i, other);
    }
  }
  return parents.map((_, i) => find(parents, i));
}

interface SegmentIndex {
  readonly count: number;
  readonly bySegment: ReadonlyMap<string, number[]>;
}

function joinEqual(views: readonly string[], parents: Int32Array): void {
  const first = new Map<string, number>();
  for (const [i, view] of views.entries()) {
    const twin = first.get(view);
    if (twin === undefined) first.set(view, i);
    else join(parents, i, twin);
  }
}

function segmentIndex(views: readonly string[], members: readonly number[], count: number): SegmentIndex {
  const bySegment = new Map<string, number[]>();
  for (const member of members) {
    for (const segment of segments(views[member] as string, count)) {
      const bucket = bySegment.get(segment);
      if (bucket === undefined) bySegment.set(segment, [member]);
      else bucket.push(member);
    }
  }
  return { count, bySegment };
}

/** The segments without ambiguity, each with its number in front. */
function segments(view: string, count: number): string[] {
  const found: string[] = [];
  for (let s = 0; s < count; s++) {
    const segment = view.slice(Math.floor((s * view.length) / count), Math.floor(((s + 1) * view.length) / count));
    if (!/[^ACGT]/.test(segment)) found.push(`${s}${segment}`);
  }
  return found;
}

function buckets({ count, bySegment }: SegmentIndex, view: string): (readonly number[])[] {
  return segments(view, count).map((segment) => bySegment.get(segment) ?? []);
}

function rarestBucket(index: SegmentIndex, view: string): readonly number[] {
  const [first = [], ...others] = buckets(index, view);
  return others.reduce((least, bucket) => (bucket.length < least.length ? bucket : least), first);
}

function compatible(a: string, b: string): boolean {
  for (let i = 0; i < a.length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y && (basesOf(x) & basesOf(y)) === 0) return false;
  }
  return true;
}

function join(parents: Int32Array, a: number, b: number): void {
  const x = find(parents, a);
  const y = find(parents, b);
  parents[Math.max(x, y)] = Math.min(x, y);
}

function find(parents: Int32Array, node: number): number {
  let root = node;
  while (parents[root] !== root) root = parents[root] as number;
  while (parents[node] !== root) [parents[node], node] = [root, parents[node] as number];
  return root;
}
