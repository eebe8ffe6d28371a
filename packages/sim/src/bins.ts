/** Differing sites that still join two haplotypes of 658 bp into one BIN: the 2.2 % seed threshold of BOLD's refined single linkage. */
const threshold = 0.022;

/**
 * Clusters haplotypes of equal length by single linkage at 2.2 % and names the clusters as BINs.
 * BINs come from sequences alone, never from species: a species may span several and several may share one.
 * Exact: two haplotypes within the threshold have one of its `limit + 1` equal segments unchanged, so only those that share one are compared.
 * @returns one BIN a haplotype, in their order
 */
export function assignBins(haplotypes: readonly string[]): string[] {
  return binIndex(haplotypes).bins;
}

/** BINs of haplotypes, and the BIN that a later sequence of the same length joins: that of its nearest haplotype, or a new one. */
export interface BinIndex {
  readonly bins: string[];
  join(haplotype: string): string;
}

export function binIndex(haplotypes: readonly string[]): BinIndex {
  const distinct = [...new Set(haplotypes)].sort();
  const length = distinct[0]?.length ?? 0;
  const limit = Math.floor(threshold * length);
  const segments = segmentIndex(distinct, length, limit + 1);
  const root = link(distinct, segments, limit);
  const names = new Map<number, string>();
  const bins = new Map<string, string>();
  distinct.forEach((haplotype, i) => {
    const top = find(root, i);
    if (!names.has(top)) names.set(top, binName(names.size));
    bins.set(haplotype, names.get(top) as string);
  });
  let count = names.size;
  function join(haplotype: string): string {
    const known = bins.get(haplotype) ?? nearestBin(haplotype);
    const bin = known ?? binName(count++);
    bins.set(haplotype, bin);
    return bin;
  }
  function nearestBin(haplotype: string): string | undefined {
    let best: string | undefined;
    let fewest = limit + 1;
    for (const other of bins.keys()) {
      const found = other.length === haplotype.length ? differences(haplotype, other, fewest) : fewest;
      if (found < fewest) [best, fewest] = [bins.get(other), found];
    }
    return best;
  }
  return { bins: haplotypes.map((haplotype) => bins.get(haplotype) as string), join };
}

/** Haplotypes by the text of each segment; segments with one haplotype join nothing. */
function segmentIndex(haplotypes: readonly string[], length: number, parts: number): number[][] {
  const found: number[][] = [];
  for (let part = 0; part < parts; part++) {
    const from = Math.floor((part * length) / parts);
    const to = Math.floor(((part + 1) * length) / parts);
    const byText = new Map<string, number[]>();
    haplotypes.forEach((haplotype, i) => {
      const text = haplotype.slice(from, to);
      const members = byText.get(text);
      if (members === undefined) byText.set(text, [i]);
      else members.push(i);
    });
    for (const members of byText.values()) if (members.length > 1) found.push(members);
  }
  return found;
}

function link(haplotypes: readonly string[], segments: readonly (readonly number[])[], limit: number): number[] {
  const parent = haplotypes.map((_, i) => i);
  for (const members of segments) {
    for (let i = 1; i < members.length; i++) {
      for (let j = i - 1; j >= 0; j--) {
        const [a, b] = [members[i] as number, members[j] as number];
        const [top, other] = [find(parent, a), find(parent, b)];
        if (top === other) continue;
        if (differences(haplotypes[a] as string, haplotypes[b] as string, limit + 1) <= limit) parent[top] = other;
      }
    }
  }
  return parent;
}

function find(parent: number[], start: number): number {
  let i = start;
  for (;;) {
    const above = parent[i] as number;
    if (above === i) return i;
    const next = parent[above] as number;
    parent[i] = next;
    i = next;
  }
}

/** Differing sites, counted up to `limit`. */
function differences(a: string, b: string, limit: number): number {
  let count = 0;
  for (let i = 0; i < a.length && count < limit; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) count++;
  return count;
}

/** `BOLD:SIA0000`, `BOLD:SIA0001` …: the form of a BIN, in a range marked SI for simulated. */
function binName(index: number): string {
  const letter = String.fromCharCode(65 + Math.floor(index / 10_000));
  return `BOLD:SI${letter}${(index % 10_000).toString().padStart(4, '0')}`;
}
