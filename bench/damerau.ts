import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { rng, type Rng } from '@bioscan/core';
import { damerauRestricted, damerauRestrictedPairs, damerauRestrictedToAll, levenshtein } from '@bioscan/dna/distance';
import { alternate } from './alternate.js';
import { openDamerauPeer } from './damerau-peer.js';

export const damerauSizes = { sequences: 300, length: 658, levenshteinRows: 12, rounds: 7, agreement: 1_000_000 };

export interface DamerauBenchRow {
  readonly barcodes: string;
  /** Median pairs a second, each unordered pair counted once. */
  readonly ours: number;
  readonly rapidfuzz: number;
  readonly levenshtein: number;
  /** Our speed in times theirs. */
  readonly timesRapidfuzz: number;
  readonly timesLevenshtein: number;
}

/**
 * All pairs of 658-letter barcodes on one core: the kernel, rapidfuzz's cdist (OSA, one worker, which uses the symmetry too), and
 * fastest-levenshtein on some rows, alternating. Throws where a distance differs from rapidfuzz's.
 */
export async function damerauBench(): Promise<{ version: string; rows: DamerauBenchRow[] }> {
  const sets = { random: randomBarcodes(), ...(realBarcodes() === undefined ? {} : { insects: realBarcodes() }) };
  const rows: DamerauBenchRow[] = [];
  let version = '';
  for (const [name, barcodes] of Object.entries(sets)) {
    if (barcodes === undefined) continue;
    const result = await benchSet(name, barcodes);
    version = result.version;
    rows.push(result.row);
  }
  return { version, rows };
}

async function benchSet(name: string, barcodes: readonly string[]): Promise<{ version: string; row: DamerauBenchRow }> {
  const peer = await openDamerauPeer(barcodes);
  const n = barcodes.length;
  const pairs = (n * (n - 1)) / 2;
  const rows = damerauSizes.levenshteinRows;
  let distances: Uint16Array = new Uint16Array();
  const contenders = [
    timed('kernel', () => {
      distances = damerauRestrictedPairs(barcodes);
    }),
    {
      name: 'rapidfuzz',
      run: async () => {
        const { seconds, hash } = await peer.cdist();
        const own = createHash('sha256').update(distances).digest('hex');
        if (own !== hash) throw new Error(`bench: ${name}: distances differ from rapidfuzz's`);
        return seconds;
      },
    },
    timed('fastest-levenshtein', () => {
      for (let i = 0; i < rows; i++)
        for (let j = i + 1; j < n; j++) levenshtein(barcodes[i] as string, barcodes[j] as string);
    }),
  ];
  const timings = await alternate(contenders, damerauSizes.rounds).finally(() => {
    peer.close();
  });
  const [ours = Number.NaN, theirs = Number.NaN, plain = Number.NaN] = timings.map(
    ({ medianSeconds }) => medianSeconds,
  );
  const plainPairs = (rows * (2 * n - rows - 1)) / 2;
  return {
    version: peer.version,
    row: {
      barcodes: name,
      ours: Math.round(pairs / ours),
      rapidfuzz: Math.round(pairs / theirs),
      levenshtein: Math.round(plainPairs / plain),
      timesRapidfuzz: theirs / ours,
      timesLevenshtein: pairs / ours / (plainPairs / plain),
    },
  };
}

/** Compares distances with rapidfuzz's over pairs of 0 to 2,000 letters of the whole IUPAC alphabet, one real pair in five; throws at a difference. */
export async function damerauAgreement(count: number = damerauSizes.agreement): Promise<number> {
  const random = rng(1).split('bench damerau agreement');
  const real = realBarcodes(0) ?? [];
  const peer = await openDamerauPeer([]);
  try {
    for (let done = 0; done < count; done += 2000) {
      const pairs = Array.from({ length: Math.min(2000, count - done) }, (_, i) => anyPair(random, i % 5, real));
      const expected = await peer.distances(pairs);
      for (let at = 0; at < pairs.length; at += 10) {
        const [[one = ''] = []] = [pairs[at]];
        pairs.slice(at, at + 10).forEach(([a, b], i) => {
          if (damerauRestricted(a, b) !== expected[at + i])
            throw new Error(`bench: ${a} against ${b} differs from rapidfuzz`);
        });
        const others = pairs.slice(at, at + 10).map(([, b]) => b);
        if (damerauRestrictedToAll(one, others)[0] !== expected[at]) throw new Error('bench: one against many differs');
        const all = damerauRestrictedPairs([one, ...others], { to: 1 });
        if (all[0] !== expected[at]) throw new Error('bench: all pairs differ');
      }
    }
    return count;
  } finally {
    peer.close();
  }
}

const iupac = 'ACGTRYSWKMBDHVN';

function anyPair(random: Rng, kind: number, real: readonly string[]): readonly [string, string] {
  const draw = (): string => letters(random, random.integer(2001), kind % 2 === 0 ? iupac : 'ACGT');
  if (kind === 0) return [draw(), draw()];
  const pick = (): string => real[random.integer(real.length)] as string;
  if (kind === 4 && real.length > 0) return [pick(), pick()];
  const one = draw();
  return [one, relative(one, random, random.uniform() * (0.1 * kind) ** 1.5)];
}

/** Substitutions, swaps, insertions, deletions, and now and then another start or end. */
function relative(sequence: string, random: Rng, rate: number): string {
  const result: string[] = [];
  const edits = Math.round(rate * sequence.length);
  const at = new Set(Array.from({ length: edits }, () => random.integer(sequence.length)));
  for (let i = 0; i < sequence.length; i++) {
    const kind = at.has(i) ? random.integer(4) : -1;
    if (kind === 0) result.push(iupac[random.integer(15)] as string);
    else if (kind === 1) result.push(sequence[i + 1] ?? '', sequence[i] as string);
    else if (kind === 2) result.push(iupac[random.integer(15)] as string, sequence[i] as string);
    else if (kind !== 3) result.push(sequence[i] as string);
    if (kind === 1) i++;
  }
  const whole = result.join('');
  return random.integer(4) === 0 ? letters(random, random.integer(60), iupac) + whole.slice(random.integer(90)) : whole;
}

function letters(random: Rng, length: number, alphabet: string): string {
  let text = '';
  for (let i = 0; i < length; i++) text += alphabet[random.integer(alphabet.length)] as string;
  return text;
}

function timed(name: string, work: () => void): { name: string; run(): Promise<number> } {
  return {
    name,
    run() {
      const start = performance.now();
      work();
      return Promise.resolve((performance.now() - start) / 1000);
    },
  };
}

function randomBarcodes(): string[] {
  const random = rng(1).split('bench damerau');
  return Array.from({ length: damerauSizes.sequences }, () => letters(random, damerauSizes.length, 'ACGT'));
}

/** Different barcodes of `insects`, drawn from those of 658 letters; with 0 those of any length, all. */
function realBarcodes(count: number = damerauSizes.sequences): string[] | undefined {
  const folder = process.env['BIOSCAN_REAL_DATA'];
  if (folder === undefined) return undefined;
  const [header = '', ...lines] = gunzipSync(readFileSync(join(folder, 'coi/insects.tsv.gz')))
    .toString('utf8')
    .split('\n');
  const column = header.split('\t').indexOf('nucleotides');
  const barcodes = [...new Set(lines.map((line) => line.split('\t')[column] ?? ''))].sort();
  if (count === 0) return barcodes;
  const whole = barcodes.filter(({ length }) => length === damerauSizes.length);
  return rng(1).split('bench damerau real').shuffle(whole).slice(0, count);
}
