import { readFileSync } from 'node:fs';
import { baseCodes, kimuraDistance, semiGlobalDistance, type BarcodeComparison } from '@bioscan/dna/distance';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Optimum {
  readonly identical: number;
  readonly transitions: number;
  readonly transversions: number;
  readonly ambiguousDifferences: number;
  readonly compatible: number;
  readonly gaps: number;
  readonly k2p: number | null;
}
interface Golden {
  readonly overlaps: readonly {
    readonly a: string;
    readonly b: string;
    readonly score: number;
    readonly complete: boolean;
    readonly optima: readonly Optimum[];
  }[];
}
const golden = JSON.parse(readFileSync('fixtures/dna/distance.json', 'utf8')) as Golden;
const anyOverlap = { minimumOverlap: 0 };

/** The whole table, by the definition alone: highest score, then fewest gaps, then fewest differences. */
function plainOptimum(a: string, b: string): { score: number; gaps: number; differences: number } {
  const cost = 1e6;
  const compatible = (x: string, y: string): boolean => [...(iupac[x] ?? '')].some((base) => iupac[y]?.includes(base));
  const site = (x: string, y: string): number =>
    !compatible(x, y) ? -cost - 1 : x === y && iupac[x]?.length === 1 ? cost : 0;
  const gap = 4 * cost + 1000;
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  let best = 0;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const value = Math.max(
        table[i - 1]![j - 1]! + site(a[i - 1]!, b[j - 1]!),
        table[i - 1]![j]! - gap,
        table[i]![j - 1]! - gap,
      );
      table[i]![j] = value;
      if ((i === a.length || j === b.length) && value > best) best = value;
    }
  }
  const score = Math.ceil(best / cost);
  const rest = score * cost - best;
  return { score, gaps: Math.floor(rest / 1000), differences: rest % 1000 };
}

const iupac: Readonly<Record<string, string>> = {
  A: 'A', C: 'C', G: 'G', T: 'T', R: 'AG', Y: 'CT', S: 'CG', W: 'AT', K: 'GT', M: 'AC',
  B: 'CGT', D: 'AGT', H: 'ACT', V: 'ACG', N: 'ACGT',
}; // prettier-ignore

const letter = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom('A', 'C', 'G', 'T') },
  { weight: 1, arbitrary: fc.constantFrom(...Object.keys(iupac)) },
);
const sequence = (minLength: number, maxLength: number): fc.Arbitrary<string> =>
  fc.array(letter, { minLength, maxLength }).map((letters) => letters.join(''));

/** Two ragged, edited copies of one sequence; or two that have nothing to do with each other. */
const pairs: fc.Arbitrary<[string, string]> = fc.oneof(
  fc.tuple(sequence(0, 130), sequence(0, 130)),
  fc
    .tuple(
      sequence(60, 220),
      fc.array(fc.tuple(fc.nat(219), fc.constantFrom('set', 'insert', 'delete'), letter), { maxLength: 30 }),
      fc.tuple(fc.nat(60), fc.nat(60), fc.nat(60), fc.nat(60)),
    )
    .map(([text, edits, [headA, tailA, headB, tailB]]): [string, string] => {
      const letters = [...text];
      for (const [at, kind, base] of edits) {
        if (kind === 'set' && at < letters.length) letters[at] = base;
        if (kind === 'insert') letters.splice(at, 0, base);
        if (kind === 'delete' && at % 3 === 0) letters.splice(at, 1);
      }
      const copy = letters.join('');
      return [text.slice(headA, text.length - tailA), copy.slice(headB, Math.max(headB, copy.length - tailB))];
    }),
);

describe('semi-global distance', () => {
  it('finds the overlaps that Biopython finds', () => {
    expect(golden.overlaps.length).toBe(50);
    let gapped = 0;
    for (const { a, b, score, complete, optima } of golden.overlaps) {
      const result = semiGlobalDistance(a, b, anyOverlap);
      expect(result.score).toBe(score);
      expect(complete).toBe(true);
      const match = optima.find(
        (optimum) =>
          optimum.gaps === result.gaps &&
          optimum.transitions === result.transitions &&
          optimum.transversions === result.transversions &&
          optimum.compatible === result.ambiguous &&
          optimum.identical + optimum.ambiguousDifferences + optimum.transitions + optimum.transversions ===
            result.sites,
      );
      if (match === undefined) throw new Error(`no optimum of Biopython is ${JSON.stringify(result)}`);
      if (match.gaps > 0) gapped++;
      if (!result.comparable) continue;
      expect(result.pDistance).toBeCloseTo((result.sites - match.identical) / result.sites, 12);
      if (match.k2p === null) expect(result.k2p).toBeUndefined();
      else expect(result.k2p).toBeCloseTo(match.k2p, 12);
    }
    expect(gapped).toBeGreaterThan(10);
  });

  it('is exact: the same optimum as the whole table', () => {
    let gapped = 0;
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const result = semiGlobalDistance(a, b, anyOverlap);
        const { score, gaps, differences } = plainOptimum(a, b);
        if (gaps > 0) gapped++;
        expect({ score: result.score, gaps: result.gaps, differences: result.edits - result.gaps }).toEqual({
          score,
          gaps,
          differences,
        });
      }),
      { numRuns: 400, seed: 11 },
    );
    expect(gapped).toBeGreaterThan(20);
  });

  it('does not depend on the order of its arguments, and its counts add up', () => {
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const forth = semiGlobalDistance(a, b, anyOverlap);
        const { startA, endA, startB, endB, ...back } = semiGlobalDistance(b, a, anyOverlap);
        expect(forth).toEqual({ ...back, startA: startB, endA: endB, startB: startA, endB: endA });
        const letters = forth.endA - forth.startA + forth.endB - forth.startB;
        expect(letters).toBe(2 * (forth.sites + forth.ambiguous) + forth.gaps);
        if (forth.comparable) {
          expect(forth.pDistance).toBeGreaterThanOrEqual(0);
          expect(forth.pDistance).toBeLessThanOrEqual(1);
          expect(forth.identity).toBeLessThanOrEqual(1);
          expect(forth.k2p === undefined || Number.isFinite(forth.k2p)).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives no distance below 300 sites, and says why', () => {
    const barcode = periodFree(658);
    expect(semiGlobalDistance(barcode, barcode.slice(0, 300))).toMatchObject({ comparable: true, identity: 1 });
    expect(semiGlobalDistance(barcode, barcode.slice(0, 299))).toMatchObject({
      comparable: false,
      reason: 'short-overlap',
      sites: 299,
    });
    // 310 letters, 20 of them N: 290 sites of evidence.
    const withNs = barcode.slice(0, 150) + 'N'.repeat(20) + barcode.slice(170, 310);
    expect(semiGlobalDistance(barcode, withNs)).toMatchObject({ comparable: false, sites: 290, ambiguous: 20 });
    expect(semiGlobalDistance('', barcode)).toMatchObject({ comparable: false, reason: 'no-overlap', sites: 0 });
    expect(semiGlobalDistance('NNNN', barcode)).toMatchObject({ comparable: false, reason: 'no-overlap' });
    expect(semiGlobalDistance('AAAA', 'CCCC')).toMatchObject({ comparable: false, reason: 'no-overlap' });
  });

  it('lets codes that share a base pass and counts those that share none', () => {
    const barcode = periodFree(400);
    const changed = [...barcode];
    changed[50] = barcode[50] === 'A' || barcode[50] === 'G' ? 'R' : 'Y';
    changed[200] = 'N';
    changed[300] = barcode[300] === 'A' || barcode[300] === 'G' ? 'Y' : 'R';
    const result = semiGlobalDistance(barcode, changed.join(''));
    expect(result).toMatchObject({ comparable: true, sites: 398, ambiguous: 2, edits: 1, transitions: 0, k2p: 0 });
    expect(pOf(result)).toBeCloseTo(1 / 398, 12);
  });

  it('reads either case, U, and sequences with gaps; takes prepared ones', () => {
    const barcode = periodFree(400);
    const rna = barcode.toLowerCase().replaceAll('t', 'u');
    const gapped = `${barcode.slice(0, 10)}--${barcode.slice(10, 200)}.~ ${barcode.slice(200)}\n`;
    for (const other of [rna, gapped, baseCodes(barcode)]) {
      expect(semiGlobalDistance(barcode, other)).toMatchObject({ sites: 400, edits: 0, startB: 0, endB: 400 });
    }
  });

  it('says where the overlap lies', () => {
    const barcode = periodFree(658);
    expect(semiGlobalDistance(barcode.slice(0, 500), barcode.slice(120))).toMatchObject({
      startA: 120,
      endA: 500,
      startB: 0,
      endB: 380,
    });
  });

  it('refuses what is no barcode', () => {
    expect(() => semiGlobalDistance('A'.repeat(4097), 'ACGT')).toThrow(/4097 letters, expected at most 4096/);
    expect(() => semiGlobalDistance('A', 'A', { minimumOverlap: -1 })).toThrow(RangeError);
  });
});

describe('Kimura distance', () => {
  it('is saturated where the formula has no value, and never infinite', () => {
    // 1 - 2P - Q = 0, 1 - 2Q = 0, and one site before each.
    expect(kimuraDistance(50, 0, 100)).toEqual({ k2p: undefined, saturated: true });
    expect(kimuraDistance(0, 50, 100)).toEqual({ k2p: undefined, saturated: true });
    expect(kimuraDistance(60, 20, 100)).toEqual({ k2p: undefined, saturated: true });
    expect(kimuraDistance(49, 0, 100).k2p).toBeCloseTo(1.9560115, 6);
    expect(kimuraDistance(0, 49, 100).k2p).toBeCloseTo(0.3366723 + 0.9780058, 6);
    expect(kimuraDistance(0, 0, 0)).toEqual({ k2p: undefined, saturated: false });
    expect(Object.is(kimuraDistance(0, 0, 658).k2p, 0)).toBe(true);
  });

  it('never saturates on an overlap worth aligning: a positive score means that fewer than half of the sites differ', () => {
    const barcode = periodFree(600);
    const transitions: Readonly<Record<string, string>> = { A: 'G', G: 'A', C: 'T', T: 'C' };
    const changed = (share: number): string =>
      [...barcode].map((base, i) => ((i * 37) % 100 < share ? transitions[base]! : base)).join('');
    expect(semiGlobalDistance(barcode, changed(45))).toMatchObject({
      comparable: true,
      transitions: 270,
      saturated: false,
    });
    expect(semiGlobalDistance(barcode, changed(60))).toMatchObject({ comparable: false });
    fc.assert(
      fc.property(pairs, ([a, b]) => {
        const result = semiGlobalDistance(a, b, anyOverlap);
        if (!result.comparable) return;
        expect(result.pDistance).toBeLessThan(0.5);
        expect(result.saturated).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

/** A sequence without long repeats: quadratic residues of a prime pick its letters. */
function periodFree(length: number): string {
  return Array.from({ length }, (_, i) => 'ACGT'[((i * i * i + 7 * i + 3) % 1009) % 4]!).join('');
}

function pOf(comparison: BarcodeComparison): number {
  return comparison.comparable ? comparison.pDistance : Number.NaN;
}
