/** Largest share of differing sites that joins two haplotypes into one BIN: the 2.2 % seed threshold of BOLD's refined single linkage. */
const threshold = 0.022;

/**
 * Clusters haplotypes of equal length by single linkage at 2.2 % and names the clusters as BINs.
 * BINs come from sequences alone, never from species: a species may span several and several may share one.
 * O(u^2) comparisons of u distinct haplotypes.
 * @returns one BIN a haplotype, in their order
 */
export function assignBins(haplotypes: readonly string[]): string[] {
  const distinct = [...new Set(haplotypes)].sort();
  const parent = distinct.map((_, i) => i);
  for (let i = 0; i < distinct.length; i++) {
    for (let j = 0; j < i; j++) {
      if (find(parent, i) !== find(parent, j) && withinThreshold(distinct[i] as string, distinct[j] as string)) {
        parent[find(parent, i)] = find(parent, j);
      }
    }
  }
  const names = new Map<number, string>();
  const bins = new Map<string, string>();
  distinct.forEach((haplotype, i) => {
    const root = find(parent, i);
    if (!names.has(root)) names.set(root, binName(names.size));
    bins.set(haplotype, names.get(root) as string);
  });
  return haplotypes.map((haplotype) => bins.get(haplotype) as string);
}

function find(parent: number[], start: number): number {
  let i = start;
  for (;;) {
    const above = parent[i] as number;
    if (above === i) return i;
    parent[i] = parent[above] as number;
    i = above;
  }
}

function withinThreshold(a: string, b: string): boolean {
  const limit = Math.floor(threshold * a.length);
  let differences = 0;
  for (let i = 0; i < a.length; i++) if (a.charCodeAt(i) !== b.charCodeAt(i) && ++differences > limit) return false;
  return true;
}

/** `BOLD:SIA0000`, `BOLD:SIA0001` …: the form of a BIN, in a range marked SI for simulated. */
function binName(index: number): string {
  const letter = String.fromCharCode(65 + Math.floor(index / 10_000));
  return `BOLD:SI${letter}${(index % 10_000).toString().padStart(4, '0')}`;
}
