import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exitCodes } from '@bioscan/cli';
import { readSpecimenTable, writeSpecimens, bold } from '@bioscan/data';
import { errorsAt, simulate, worlds } from '@bioscan/sim';
import { bioscan } from './bioscan.js';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-qc-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('bioscan qc and apply', () => {
  it('find planted errors, write the list and the page, and apply what was decided to a new table', async () => {
    const simulation = simulate({
      specimens: 800,
      species: 50,
      seed: 5,
      world: { ...worlds.complete, errors: errorsAt(0.01) },
    });
    const table = join(folder, 'records.tsv');
    await writeSpecimens(
      table,
      simulation.specimens.map(({ other: _, ...row }) => row),
      bold,
    );
    const before = readFileSync(table);
    const out = join(folder, 'triage');
    const checked = await bioscan('qc', table, '--out', out, '--cases', '20', '--prevalence', '10', '--fail-on', '90');
    expect(checked.code, checked.err).toBe(exitCodes.findings);
    expect(checked.out).toContain('in-frame-stop');
    expect(checked.out).toContain('records look suspicious');
    expect(checked.err).toContain('not checked: label against neighbourhood');
    const list = readFileSync(join(out, 'findings.csv'), 'utf8');
    const wrong = new Set(simulation.errors.map(({ processId }) => processId));
    const top = list.split('\r\n').slice(1, 20);
    expect(top.filter((line) => wrong.has(line.split(',')[0] ?? '')).length).toBeGreaterThan(15);
    expect(readFileSync(join(out, 'triage.html'), 'utf8').match(/<article/g)?.length).toBe(20);
    expect(readFileSync(join(out, 'grades.csv'), 'utf8')).toMatch(/^species,grade_bge,grade_original,/);
    // A finding on thousands of records stands once: the list of a large table must not outgrow a string.
    const json = JSON.parse(readFileSync(join(out, 'findings.json'), 'utf8')) as {
      readonly findings: readonly { readonly records: readonly string[] }[];
      readonly cases: readonly { readonly processId: string; readonly findings: readonly number[] }[];
    };
    expect(json.cases.length).toBeGreaterThan(100);
    for (const { processId, findings } of json.cases) {
      expect(findings.length).toBeGreaterThan(0);
      for (const place of findings) expect(json.findings[place]?.records).toContain(processId);
    }
    expect(json.findings.length).toBeLessThan(json.cases.flatMap(({ findings }) => findings).length / 2);
    expect(readFileSync(join(out, 'criteria.csv'), 'utf8').trimEnd().split('\r\n')).toHaveLength(801);
    expect(readFileSync(join(out, 'reports.csv'), 'utf8')).toMatch(/^processid,sampleid,category,.*contest label/s);
    // One screen: what fired by tier, the stops, the likeliest errors with what to do.
    expect(checked.out.split('\n').length).toBeLessThan(60);
    expect(checked.out).toMatch(/names and BINs +\|/);
    expect(checked.out).toMatch(/Stops \(table 5\): \d+ records inside the barcode region/);
    expect(checked.out).toContain('next: ');
    expect(readFileSync(table).equals(before)).toBe(true);

    const [first, second, third] = simulation.specimens;
    const decisions = join(folder, 'decisions.json');
    const saved = {
      format: 'bioscan-decisions-1',
      decisions: [
        {
          processId: first?.processId,
          verdict: 'accept',
          changes: { species: 'Novus novus' },
          reason: 'misspelt-name',
        },
        { processId: second?.processId, verdict: 'exclude', exclude: true, reason: 'contaminant' },
        { processId: third?.processId, verdict: 'reject', changes: { species: 'Novus novus' } },
      ],
    };
    writeFileSync(decisions, JSON.stringify(saved));
    const fixed = join(folder, 'fixed.tsv');
    const applied = await bioscan('apply', table, decisions, fixed);
    expect(applied.code, applied.err).toBe(exitCodes.ok);
    const result = await readSpecimenTable(fixed);
    expect(result.length).toBe(799);
    expect(result.specimen(result.indexOf(first?.processId ?? '')).lineage.species).toBe('Novus novus');
    expect(result.indexOf(second?.processId ?? '')).toBe(-1);
    expect(result.specimen(result.indexOf(third?.processId ?? '')).lineage).toEqual(third?.lineage);
    expect(readFileSync(`${fixed}.log.tsv`, 'utf8').trimEnd().split('\n')).toHaveLength(1 + 3);
    expect(readFileSync(table).equals(before)).toBe(true);
  });

  it('compares rows with one process id, and shows what bioscan crop saw', async () => {
    const table = join(folder, 'twice.tsv');
    writeFileSync(
      table,
      'processid\tsampleid\tspecies\tbin_uri\tnuc\nA1-20\tS1\tAus bus\t\tACGT\nA1-20\tS1\tAus cus\t\tACGT\nB1-20\tS2\tAus bus\t\tACGT\n',
    );
    const crops = join(folder, 'crops');
    mkdirSync(crops);
    writeFileSync(
      join(crops, 'measurements.tsv'),
      'processid\tphoto\tconfidence\tflags\tarea_fraction\nA1-20\tA1-20.jpg\t0.900\tseveral-specimens border-contact\t0.2\n',
    );
    writeFileSync(join(crops, 'rejects.tsv'), 'photo\treason\tmessage\nraw/B1-20.jpg\tempty\tnothing\n');
    const { code, out, err } = await bioscan('qc', table, '--crops', crops, '--json');
    expect(code, err).toBe(exitCodes.ok);
    expect((JSON.parse(out) as { checks: Record<string, number> }).checks).toMatchObject({
      'conflicting-duplicate-id': 1,
      'photo-several-specimens': 1,
      'photo-cut-off': 1,
      'photo-empty': 1,
    });
    const missing = await bioscan('qc', table, '--crops', join(folder, 'nowhere'));
    expect(missing.code).toBe(exitCodes.badInput);
    expect(missing.err).toContain('bioscan crop');
  });

  it('exits with bad input when a header fits no schema, and names the column', async () => {
    const table = join(folder, 'misspelt.csv');
    writeFileSync(table, 'processid,speices,dna_barcodes\nA1-20,Aus bus,ACGT\n');
    const { code, err } = await bioscan('qc', table);
    expect(code).toBe(exitCodes.badInput);
    expect(err).toContain("'speices' is perhaps 'species'");
  });

  it('reads on where one column of many is misspelt, and says so', async () => {
    const table = join(folder, 'one-misspelt.tsv');
    writeFileSync(table, 'processid\tspecies\tgenus\tdna_barcod\nA1-20\tAus bus\tAus\tACGT\n');
    const { code, err } = await bioscan('qc', table);
    expect(code).toBe(exitCodes.ok);
    expect(err).toContain("column 'dna_barcod' is not read; if it is 'dna_barcode', rename it");
  });

  it('says what is wrong with a file of decisions', async () => {
    const bad = join(folder, 'bad.json');
    writeFileSync(bad, '{}');
    const { code, err } = await bioscan('apply', join(folder, 'records.tsv'), bad, join(folder, 'never.tsv'));
    expect(code).toBe(exitCodes.badInput);
    expect(err).toContain('bioscan-decisions-1');
  });
});
