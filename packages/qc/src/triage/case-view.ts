import { windowLength } from '../library/coi-protein.js';
import type { Library } from '../library/library.js';
import { fewestSites } from '../sequences/barcode-clusters.js';
import { forSites } from '../sequences/check-consensus.js';
import { windowDistance } from '../sequences/window-distance.js';
import { neighbourJoining, type TreeNode } from './neighbour-joining.js';

/** A barcode around a case. */
export interface CaseTip {
  readonly processId: string;
  /** The name that most of its records bear, the finest rank. */
  readonly name: string;
  readonly bin?: string;
  readonly records: number;
  readonly distance: number;
  readonly role: 'case' | 'same species' | 'other';
  /** The Folmer window, `-` where nothing is known. */
  readonly sequence: string;
}

/** What a curator looks at: the barcodes around one record, their tree, and all distances from it. Plain JSON. */
export interface CaseView {
  readonly processId: string;
  /** The case first, then nearest first. */
  readonly tips: readonly CaseTip[];
  /** Tips are positions in `tips`. */
  readonly tree: TreeNode;
  /** Barcodes at each per cent of distance, 0 to 20 and beyond. `(21)` each */
  readonly sameSpecies: readonly number[];
  readonly others: readonly number[];
}

export interface CaseViewOptions {
  /** Barcodes shown of the same species, and of all others; default 5 and 9. */
  readonly same?: number;
  readonly others?: number;
}

/** Looks around a record; undefined where it has no barcode in the window. One pass over all haplotypes: some 20 ms for 50,000. */
export function caseView(library: Library, processId: string, options: CaseViewOptions = {}): CaseView | undefined {
  const { same = 5, others = 9 } = options;
  const { haplotypes, placements, names } = library;
  const record = library.indexOf(processId) ?? -1;
  const self = haplotypes.of[record] ?? -1;
  if (self < 0 || (placements.sites[self] ?? 0) < fewestSites) return undefined;
  const species = names[record]?.species;
  const distance = windowDistance(placements.planes, fewestSites);
  const found = { same: [] as [number, number][], others: [] as [number, number][] };
  const bars = { same: emptyBars(), others: emptyBars() };
  for (let h = 0; h < haplotypes.barcodes.length; h++) {
    if (h === self || (placements.sites[h] as number) < fewestSites) continue;
    const d = distance.between(self, h);
    if (Number.isNaN(d)) continue;
    const side = species !== undefined && holds(library, h, species) ? 'same' : 'others';
    found[side].push([h, d]);
    const bar = Math.min(20, Math.floor(100 * d));
    bars[side][bar] = (bars[side][bar] ?? 0) + 1;
  }
  const nearest = (side: readonly [number, number][], limit: number): [number, number][] =>
    [...side].sort((a, b) => a[1] - b[1] || a[0] - b[0]).slice(0, limit);
  const tips = [
    tip(library, self, 0, 'case', record),
    ...twins(library, self, species).map((twin) => tip(library, self, 0, 'other', twin)),
    ...nearest(found.same, same).map(([h, d]) => tip(library, h, d, 'same species')),
    ...nearest(found.others, others).map(([h, d]) => tip(library, h, d, 'other')),
  ];
  const members = tips.map((one) => haplotypes.of[library.indexOf(one.processId) ?? -1] ?? -1);
  const matrix = members.map((a, i) =>
    members.map((b, j) => {
      const d = a === b ? 0 : distance.between(a, b);
      // Fragments that do not meet: no nearer to each other than the farther of them is to the case.
      return Number.isNaN(d) ? Math.max(tips[i]?.distance ?? 0, tips[j]?.distance ?? 0) : d;
    }),
  );
  return { processId, tips, tree: neighbourJoining(matrix), sameSpecies: bars.same, others: bars.others };
}

/** A record of each other species that bears the same barcode. */
function twins({ haplotypes, names }: Library, h: number, species: string | undefined): number[] {
  const bySpecies = new Map<string, number>();
  for (const record of haplotypes.members[h] ?? []) {
    const name = names[record]?.species;
    if (name !== undefined && name !== species && !bySpecies.has(name)) bySpecies.set(name, record);
  }
  return [...bySpecies.values()];
}

function emptyBars(): number[] {
  return new Array<number>(21).fill(0);
}

function holds({ haplotypes, names }: Library, h: number, species: string): boolean {
  return haplotypes.members[h]?.some((record) => names[record]?.species === species) === true;
}

function tip(library: Library, h: number, distance: number, role: CaseTip['role'], of?: number): CaseTip {
  const members = library.haplotypes.members[h] ?? [];
  const record = of ?? members.find((one) => library.names[one]?.species !== undefined) ?? members[0] ?? -1;
  const names = library.names[record] ?? {};
  const row = library.records[record];
  return {
    processId: row?.processId ?? '',
    name: names.species ?? names.genus ?? names.family ?? names.order ?? 'unnamed',
    ...(row?.bin === undefined ? {} : { bin: row.bin }),
    records: members.filter((one) => library.names[one]?.species === names.species).length,
    distance,
    role,
    sequence: windowText(library, h),
  };
}

function windowText({ placements }: Library, h: number): string {
  const letters = new Array<string>(windowLength).fill('-');
  forSites(placements.planes, h, (site, digit) => {
    letters[site] = 'ACGT'.charAt(digit);
  });
  return letters.join('');
}
