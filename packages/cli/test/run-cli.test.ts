import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exitCodes } from '@bioscan/cli';
import { bioscan } from './bioscan.js';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-cli-'));
const path = (name: string): string => join(folder, name);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface AuditJson {
  readonly corpora: readonly unknown[];
  readonly findings: readonly { readonly check: string }[];
}

interface ReportJson {
  readonly tables: readonly { readonly title: string; readonly rows: readonly (readonly unknown[])[] }[];
  readonly limits: readonly string[];
}

describe('from records to a report', () => {
  it('simulates, splits, audits, pretrains, embeds and probes', async () => {
    const simulated = await bioscan('simulate', path('records.tsv'), '--specimens', '600', '--species', '60');
    expect(simulated.code, simulated.err).toBe(exitCodes.ok);
    expect(simulated.err).toContain('SIMULATED');

    const split = await bioscan('split', path('records.tsv'), path('split.tsv'), '--seed', '3');
    expect(split.code, split.err).toBe(exitCodes.ok);
    expect(split.out).toContain('test_unseen');
    const plan = JSON.parse(readFileSync(path('split.tsv.plan.json'), 'utf8')) as { counts: Record<string, number> };
    expect(Object.values(plan.counts).reduce((sum, count) => sum + count, 0)).toBe(600);

    const audit = await bioscan('audit', path('split.tsv'), '--json');
    expect(audit.code, audit.err).toBe(exitCodes.ok);
    const { findings } = JSON.parse(audit.out) as AuditJson;
    expect(findings.map(({ check }) => check)).not.toContain('leak-equal');

    const words = ['--run', path('run'), '--k', '4', '--layers', '1', '--heads', '2', '--width', '16', '--steps', '3'];
    const pretrained = await bioscan('pretrain', path('split.tsv'), ...words, '--batch', '8', '--threads', '1');
    expect(pretrained.code, pretrained.err).toBe(exitCodes.ok);
    expect(existsSync(path('run/model.safetensors'))).toBe(true);

    const corpus = await bioscan('audit', path('split.tsv'), '--run', path('run'), '--json');
    expect(corpus.code, corpus.err).toBe(exitCodes.ok);
    const { corpora } = JSON.parse(corpus.out) as AuditJson;
    expect(corpora).toMatchObject([{ encoder: path('run'), known: true, seen: [] }]);

    const embedded = await bioscan('embed', path('split.tsv'), path('vectors.arrow'), '--run', path('run'), '--json');
    expect(embedded.code, embedded.err).toBe(exitCodes.ok);
    expect(JSON.parse(embedded.out)).toMatchObject({ vectors: 600, source: { dimension: 16 } });

    const probed = await bioscan(
      ...['probe', path('split.tsv'), '--run', path('run'), '--embeddings', path('vectors.arrow')],
      ...['--no-linear', '--blast', '--report', path('report.html'), '--json'],
    );
    expect(probed.code, probed.err).toBe(exitCodes.ok);
    const report = JSON.parse(probed.out) as ReportJson;
    const names = report.tables[0]?.rows.map(([name]) => name);
    expect(names?.[4]).toMatch(/^BLAST\+ (\d+\.\d+|\(not installed\))/u);
    expect(names?.filter((_, i) => i !== 4).slice(0, 5)).toEqual([
      '6-mers',
      'aligned sites',
      'alignment',
      'SINTAX-like votes',
      'untrained BarcodeBERT',
    ]);
    expect(names?.at(-1)).toBe('chance');
    expect(report.limits.length).toBeGreaterThan(0);
    expect(readFileSync(path('report.html'), 'utf8')).toContain('untrained BarcodeBERT');
  }, 120_000);
});

describe('a simulated data set', () => {
  it('is a folder laid out as BIOSCAN-5M, in a named world, with planted errors', async () => {
    const words = [
      'simulate',
      path('simulated'),
      '--specimens',
      '300',
      '--world',
      'shared-haplotypes',
      '--errors',
      '2',
    ];
    const made = await bioscan(...words, '--photos', 'none', '--json');
    expect(made.code, made.err).toBe(exitCodes.ok);
    const summary = JSON.parse(made.out) as { records: number; plantedErrors: number; banner: string };
    expect(summary.records).toBe(300);
    expect(summary.plantedErrors).toBeGreaterThan(20);
    expect(summary.banner).toContain('shared-haplotypes');
    expect(existsSync(path('simulated/bioscan5m/metadata/csv/BIOSCAN_5M_Insect_Dataset_metadata.csv'))).toBe(true);
    const audit = await bioscan(
      'audit',
      path('simulated/bioscan5m/metadata/csv/BIOSCAN_5M_Insect_Dataset_metadata.csv'),
      '--json',
    );
    expect(audit.code, audit.err).toBe(exitCodes.ok);
    const { findings } = JSON.parse(audit.out) as AuditJson;
    expect(findings.length).toBeGreaterThan(0);
    const wrong = await bioscan('simulate', path('other'), '--world', 'flatland');
    expect(wrong.code).toBe(exitCodes.usage);
    expect(wrong.err).toContain('image-null');
  }, 60_000);
});

describe('wrong words and wrong data', () => {
  it('explains itself and exits with 0 for --help', async () => {
    const { code, out } = await bioscan('--help');
    expect(code).toBe(exitCodes.ok);
    for (const command of ['simulate', 'split', 'audit', 'pretrain', 'embed', 'probe']) expect(out).toContain(command);
    expect((await bioscan('split', '--help')).out).toContain('test_unseen');
  });

  it('exits with 2 for usage', async () => {
    expect((await bioscan('splitt', 'a', 'b')).code).toBe(exitCodes.usage);
    const wrong = await bioscan('simulate', path('x.tsv'), '--specimens', 'many');
    expect(wrong.code).toBe(exitCodes.usage);
    expect(wrong.err).toContain('expected a whole number of at least 100');
    expect((await bioscan('embed', path('x.tsv'), path('y.arrow'))).code).toBe(exitCodes.usage);
  });

  it('exits with 3 for a missing file, a wrong header and a table without splits, naming the fix', async () => {
    expect((await bioscan('audit', path('nowhere.tsv'))).code).toBe(exitCodes.badInput);
    writeFileSync(path('wrong.tsv'), 'proccessid\tspecies\nA\tB\n');
    const wrong = await bioscan('audit', path('wrong.tsv'));
    expect(wrong.code).toBe(exitCodes.badInput);
    expect(wrong.err).toContain('processid');
    await bioscan('simulate', path('whole.tsv'), '--specimens', '100', '--species', '20');
    const unsplit = await bioscan('audit', path('whole.tsv'), '--json');
    expect(unsplit.code).toBe(exitCodes.badInput);
    expect(unsplit.err).toContain('bioscan split');
    expect(JSON.parse(unsplit.out)).toMatchObject({ error: { code: 'missing-column' } });
  });

  it('exits with 1 when an audit finds what --fail-on names', async () => {
    const header = 'processid\tgenus\tspecies\tdna_bin\tnucleotides\tsplit\n';
    const barcode = 'ACGTTGCAAC'.repeat(60);
    const row = (id: string, split: string): string =>
      `${id}\tAedes\tAedes aegypti\tBOLD:AAA0001\t${barcode}\t${split}\n`;
    writeFileSync(path('leak.tsv'), header + row('A1', 'train') + row('A2', 'test'));
    expect((await bioscan('audit', path('leak.tsv'))).code).toBe(exitCodes.ok);
    expect((await bioscan('audit', path('leak.tsv'), '--fail-on', 'warning')).code).toBe(exitCodes.findings);
  });
});
