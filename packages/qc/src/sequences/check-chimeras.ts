import type { CheckFinding } from '../library/check-finding.js';
import type { Library } from '../library/library.js';
import { windowWords } from '../library/place-haplotypes.js';
import { percent } from '../library/words.js';
import type { BarcodeClusters } from './barcode-clusters.js';
import { idsOf } from './ids-of.js';
import { bitCount, planeLength } from './window-distance.js';

export interface ChimeraOptions {
  /** A barcode is reported when two parents explain it better than one by this much; default 3 %. */
  readonly gain?: number;
  /** Distance up to which two parents explain it; default 1 %. */
  readonly fit?: number;
}

/** Records of a barcode and members of its cluster above which it is no chimera: those are rare. */
const rare = 3;
/** Clusters looked into on each side, and members of each. */
const clustersTried = 3;
const membersTried = 100;
/** Fewest words (32 sites) of either side. */
const edge = 4;

/**
 * Barcodes whose two parts are each near to a different barcode while the whole is far from all. Only rare barcodes apart from others are tried;
 * parents are sought in the clusters whose leaders are nearest to either side. O(rare barcodes x leaders).
 */
export function checkChimeras(
  library: Library,
  clusters: BarcodeClusters,
  options: ChimeraOptions = {},
): CheckFinding[] {
  const { gain = 0.03, fit = 0.01 } = options;
  const { haplotypes, placements } = library;
  return clusters.members.flatMap((members): CheckFinding[] => {
    if (members.length > rare) return [];
    return members.flatMap((h): CheckFinding[] => {
      if ((haplotypes.members[h]?.length ?? 0) > rare || (placements.sites[h] as number) < 500) return [];
      const found = twoParents(placements.planes, clusters, h, new Set(members));
      if (found === undefined || found.together > fit || found.alone - found.together < gain) return [];
      return [finding(library, h, found)];
    });
  });
}

interface Parents {
  readonly left: number;
  readonly right: number;
  readonly breakpoint: number;
  /** Distance to the nearest single barcode, and to the two parents joined. */
  readonly alone: number;
  readonly together: number;
}

function finding(library: Library, h: number, { left, right, breakpoint, alone, together }: Parents): CheckFinding {
  const nameOf = (parent: number): string => {
    const record = library.haplotypes.members[parent]?.[0] ?? -1;
    const names = library.names[record];
    return names?.species ?? names?.genus ?? names?.family ?? library.records[record]?.processId ?? '';
  };
  return {
    check: 'chimera-sign',
    severity: 'error',
    records: idsOf(library, h),
    message: `Up to about site ${breakpoint} the barcode is ${nameOf(left)}, behind it ${nameOf(right)} (${percent(together)} away from the two joined, ${percent(alone)} from any one): two templates in one sequence.`,
    evidence: {
      breakpoint,
      alone,
      together,
      left: idsOf(library, left).slice(0, 3),
      right: idsOf(library, right).slice(0, 3),
      score: Math.min(1, 0.6 + (alone - together) * 4),
    },
    action: 're-sequence',
  };
}

function twoParents(
  planes: Uint32Array,
  clusters: BarcodeClusters,
  h: number,
  own: ReadonlySet<number>,
): Parents | undefined {
  const half = windowWords >> 1;
  const sides = [...clusters.leaders].map((leader, cluster) => {
    const { differing, sites } = cumulative(planes, h, leader);
    const share = (from: number, to: number): number => {
      const n = (sites[to] as number) - (sites[from] as number);
      return n < 100 ? 1 : ((differing[to] as number) - (differing[from] as number)) / n;
    };
    return { cluster, left: share(0, half), right: share(half, windowWords) };
  });
  const best = (side: 'left' | 'right'): number[] =>
    [...sides]
      .filter(({ cluster }) => !own.has(clusters.leaders[cluster] as number))
      .sort((a, b) => a[side] - b[side])
      .slice(0, clustersTried)
      .map(({ cluster }) => cluster);
  const candidates = [...new Set([...best('left'), ...best('right')])].flatMap((cluster) =>
    (clusters.members[cluster] ?? []).slice(0, membersTried),
  );
  return bestPair(planes, h, candidates);
}

function bestPair(planes: Uint32Array, h: number, candidates: readonly number[]): Parents | undefined {
  const all = candidates.map((parent) => ({ parent, ...cumulative(planes, h, parent) }));
  let result: Parents | undefined;
  const alone = Math.min(
    ...all.map(({ differing, sites }) => ratio(differing[windowWords] ?? 0, sites[windowWords] ?? 0)),
  );
  for (let word = edge; word <= windowWords - edge; word++) {
    const left = least(all, ({ differing, sites }) => ratio(differing[word] ?? 0, sites[word] ?? 0));
    const right = least(all, ({ differing, sites }) =>
      ratio((differing[windowWords] ?? 0) - (differing[word] ?? 0), (sites[windowWords] ?? 0) - (sites[word] ?? 0)),
    );
    if (left === undefined || right === undefined || left.parent === right.parent) continue;
    const differing = (left.differing[word] ?? 0) + (right.differing[windowWords] ?? 0) - (right.differing[word] ?? 0);
    const sites = (left.sites[word] ?? 0) + (right.sites[windowWords] ?? 0) - (right.sites[word] ?? 0);
    const together = ratio(differing, sites);
    if (result === undefined || together < result.together) {
      result = { left: left.parent, right: right.parent, breakpoint: word * 32, alone, together };
    }
  }
  return result;
}

/** Shares over too few sites say nothing. */
function ratio(differing: number, sites: number): number {
  return sites < 64 ? 1 : differing / sites;
}

function least<Item>(items: readonly Item[], valueOf: (item: Item) => number): Item | undefined {
  let best: Item | undefined;
  let smallest = Infinity;
  for (const item of items) {
    const value = valueOf(item);
    if (value < smallest) [best, smallest] = [item, value];
  }
  return best;
}

/** Differing and compared sites before each word. `(22)` each */
function cumulative(planes: Uint32Array, a: number, b: number): { differing: Uint16Array; sites: Uint16Array } {
  const differing = new Uint16Array(windowWords + 1);
  const sites = new Uint16Array(windowWords + 1);
  for (let word = 0; word < windowWords; word++) {
    const i = a * planeLength + word;
    const j = b * planeLength + word;
    const both = (planes[i + 2 * windowWords] as number) & (planes[j + 2 * windowWords] as number);
    const different =
      (((planes[i] as number) ^ (planes[j] as number)) |
        ((planes[i + windowWords] as number) ^ (planes[j + windowWords] as number))) &
      both;
    differing[word + 1] = (differing[word] as number) + bitCount(different);
    sites[word + 1] = (sites[word] as number) + bitCount(both);
  }
  return { differing, sites };
}
