import { chmodSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBioscanError, type Neighbours } from '@bioscan/core';
import { blastNeighbours, findBlast, type Blast } from '@bioscan/dna/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const installed = await findBlast();
if (installed === undefined) console.warn('the real BLAST+ skipped: blastn is not on the PATH (Debian: ncbi-blast+)');

/** A blastn that prints what it is told and keeps its words, and a makeblastdb that keeps the FASTA files it finds. */
const tiny = {
  blastn: `#!/usr/bin/env node
const { readFileSync, writeFileSync } = require('node:fs');
if (process.argv[2] === '-version') { console.log('blastn: 9.9.9+\\n Package: tiny'); process.exit(0); }
writeFileSync(__dirname + '/pid', String(process.pid));
writeFileSync(__dirname + '/words.json', JSON.stringify(process.argv.slice(2)));
const says = JSON.parse(readFileSync(__dirname + '/says.json', 'utf8'));
if (says.hang) { setTimeout(() => {}, 60000); process.on('SIGTERM', () => {}); }
process.stderr.write(says.complaint ?? '');
process.stdout.write(says.lines.join('\\n') + (says.lines.length > 0 ? '\\n' : ''));
process.exitCode = says.code ?? 0;
`,
  makeblastdb: `#!/usr/bin/env node
const { copyFileSync, writeFileSync } = require('node:fs');
if (process.argv[2] === '-version') { console.log('makeblastdb: 9.9.9+'); process.exit(0); }
for (const name of ['keys.fasta', 'queries.fasta']) copyFileSync(name, __dirname + '/' + name);
writeFileSync(__dirname + '/cwd', process.cwd());
`,
};
const folder = mkdtempSync(join(tmpdir(), 'bioscan-tiny-blast-'));
for (const [name, script] of Object.entries(tiny)) {
  writeFileSync(join(folder, name), script);
  chmodSync(join(folder, name), 0o755);
}
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const items = (...barcodes: string[]) => barcodes.map((input, i) => ({ id: `>id ${i}; rm -rf *`, input }));
const kept = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe('blastNeighbours of a program that we know', () => {
  let blast: Blast;
  beforeAll(async () => {
    blast = (await findBlast({ folder })) as Blast;
  });

  function says(lines: readonly string[], more: object = {}): void {
    writeFileSync(join(folder, 'says.json'), JSON.stringify({ lines, ...more }));
  }

  it('asks for its version', () => {
    expect(blast).toEqual({
      version: '9.9.9+',
      blastn: join(folder, 'blastn'),
      makeblastdb: join(folder, 'makeblastdb'),
    });
  });

  it('ranks by the best raw score of each key, ties in key order, and leaves a query without hits empty', async () => {
    // Keys 0 and 3 carry one barcode, which is searched once: k0 is "ACGT", k1 "GGGG", k2 "TTTT".
    const keys = items('ACGT', 'GGGG', 'TTTT', 'acgt');
    says(['q0\tk2\t20', 'q0\tk0\t10', 'q0\tk0\t20', 'q0\tk1\t19', 'q2\tk1\t7']);
    const found = await blastNeighbours(items('AAAA', 'CCCC', 'GGGG'), keys, { blast, k: 4, threads: 2 });
    expect([...found.index]).toEqual([0, 2, 3, 1, -1, -1, -1, -1, 1, -1, -1, -1]);
    expect([...found.score.slice(0, 4)]).toEqual([20, 20, 20, 19]);
    expect(found.score.slice(4, 8).every(Number.isNaN)).toBe(true);
    expect(found).toMatchObject({ k: 4, higherIsNearer: true, keyIds: keys.map(({ id }) => id) });
  });

  it('hands over letters and positions alone, at the published settings, and removes its folder', async () => {
    says([]);
    const before = new Set(readdirSync(tmpdir()));
    await blastNeighbours(items('ac-g u', '', 'AC>GT\n>x'), items('ACGT', 'NN', 'GG|GG'), { blast });
    expect(kept('keys.fasta')).toBe('>k0\nACGT\n>k2\nGGGG\n');
    expect(kept('queries.fasta')).toBe('>q0\nACGT\n>q2\nACGTX\n');
    expect(JSON.parse(kept('words.json'))).toEqual(
      '-task megablast -db keys -query queries.fasta -outfmt|6 qseqid sseqid score|-max_target_seqs 500 -num_threads 1'
        .split('|')
        .flatMap((part, i) => (i === 1 ? [part] : part.split(' '))),
    );
    expect(before.has(kept('cwd').split('/').at(-1) ?? '')).toBe(false);
    expect(readdirSync(tmpdir())).not.toContain(kept('cwd').split('/').at(-1));
  });

  it('tells a failure, a line that it does not know, a cancel and an absent program apart', async () => {
    const run = (signal?: AbortSignal): Promise<unknown> =>
      blastNeighbours(items('ACGT'), items('ACGT'), { blast, ...(signal === undefined ? {} : { signal }) }).catch(
        (error: unknown) => (isBioscanError(error) ? `${error.code} ${error.message}` : error),
      );
    says([], { code: 3, complaint: 'out of memory' });
    expect(await run()).toMatch(/^engine .*exit code 3: out of memory/u);
    says(['q0 k0 12']);
    expect(await run()).toMatch(/^engine .*'q0 k0 12'/u);
    says([], { hang: true });
    expect(await run(AbortSignal.timeout(300))).toMatch(/^cancelled /u);
    expect(await findBlast({ folder: join(folder, 'nowhere') })).toBeUndefined();
    await expect(blastNeighbours(items('ACGT'), items('', '--'), { blast })).rejects.toThrow('no key with a barcode');
    await expect(blastNeighbours(items(), items('ACGT'), { blast, k: 9, targets: 5 })).rejects.toThrow(RangeError);
  });

  it.each([
    ['a line that it does not know', ['q0 k0 12'], 'engine'],
    ['a cancel', ['q0\tk0\t12'], 'cancelled'],
  ])('after %s the program has ended, and its folder is gone', async (_, lines, code) => {
    rmSync(join(folder, 'pid'), { force: true });
    says(lines, { hang: true });
    const abort = new AbortController();
    const started = setInterval(() => {
      if (code === 'cancelled' && existsSync(join(folder, 'pid'))) abort.abort();
    }, 20);
    const running = blastNeighbours(items('ACGT'), items('ACGT'), { blast, signal: abort.signal });
    await expect(running).rejects.toMatchObject({ code });
    clearInterval(started);
    expect(() => process.kill(Number(kept('pid')), 0)).toThrow('ESRCH');
    expect(readdirSync(tmpdir())).not.toContain(kept('cwd').split('/').at(-1));
  });
});

interface Library {
  readonly keys: readonly { readonly id: string; readonly barcode: string }[];
  readonly queries: readonly { readonly id: string; readonly barcode: string }[];
  /** Best hits of a blastn that was run by hand, by bit score. */
  readonly blast: readonly { readonly tied: readonly string[] }[];
}

describe.skipIf(installed === undefined)('blastNeighbours of the installed BLAST+', () => {
  it('finds what blastn found by hand: the first key of those that tie, and nothing where it found nothing', async () => {
    const library = JSON.parse(readFileSync('fixtures/dna/blast.json', 'utf8')) as Library;
    const named = (all: Library['keys']) => all.map(({ id, barcode }) => ({ id, input: barcode }));
    const found: Neighbours = await blastNeighbours(named(library.queries), named(library.keys), {
      blast: installed as Blast,
    });
    expect(library.blast.length).toBe(70);
    const firsts = library.blast.map(({ tied }) => library.keys.findIndex(({ id }) => tied.includes(id)));
    expect([...found.index]).toEqual(firsts);
    expect(firsts.filter((first) => first < 0).length).toBeGreaterThan(0);
    expect(library.blast.filter(({ tied }) => tied.length > 1).length).toBeGreaterThan(0);
  });
});
