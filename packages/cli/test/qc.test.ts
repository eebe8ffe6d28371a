import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { exitCodes, runCli } from '@bioscan/cli';
import { readSpecimenTable, writeSpecimens, bold } from '@bioscan/data';
import { errorsAt, simulate, worlds } from '@bioscan/sim';

const folder = mkdtempSync(join(tmpdir(), 'bioscan-qc-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function run(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  const texts = { out: '', err: '' };
  const stream = (key: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        texts[key] += chunk.toString();
        done();
      },
    });
  const code = await runCli(words, { stdout: stream('out'), stderr: stream('err') });
  return { code, ...texts };
}

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
    const checked = await run('qc', table, '--out', out, '--cases', '20', '--prevalence', '10', '--fail-on', '90');
    expect(checked.code, checked.err).toBe(exitCodes.findings);
    expect(checked.out).toContain('in-frame-stop');
    expect(checked.out).toContain('records may be wrong');
    expect(checked.err).toContain('not checked: label against neighbourhood');
    const list = readFileSync(join(out, 'findings.csv'), 'utf8');
    const wrong = new Set(simulation.errors.map(({ processId }) => processId));
    const top = list.split('\r\n').slice(1, 20);
    expect(top.filter((line) => wrong.has(line.split(',')[0] ?? '')).length).toBeGreaterThan(15);
    expect(readFileSync(join(out, 'triage.html'), 'utf8').match(/<article/g)?.length).toBe(20);
    expect(readFileSync(join(out, 'grades.csv'), 'utf8')).toMatch(/^species,grade/);
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
    const applied = await run('apply', table, decisions, fixed);
    expect(applied.code, applied.err).toBe(exitCodes.ok);
    const result = await readSpecimenTable(fixed);
    expect(result.length).toBe(799);
    expect(result.specimen(result.indexOf(first?.processId ?? '')).lineage.species).toBe('Novus novus');
    expect(result.indexOf(second?.processId ?? '')).toBe(-1);
    expect(result.specimen(result.indexOf(third?.processId ?? '')).lineage).toEqual(third?.lineage);
    expect(readFileSync(`${fixed}.log.tsv`, 'utf8').trimEnd().split('\n')).toHaveLength(1 + 3);
    expect(readFileSync(table).equals(before)).toBe(true);
  });

  it('says what is wrong with a file of decisions', async () => {
    const bad = join(folder, 'bad.json');
    writeFileSync(bad, '{}');
    const { code, err } = await run('apply', join(folder, 'records.tsv'), bad, join(folder, 'never.tsv'));
    expect(code).toBe(exitCodes.badInput);
    expect(err).toContain('bioscan-decisions-1');
  });
});
