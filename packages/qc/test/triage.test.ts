import { describe, expect, it } from 'vitest';
import { isBioscanError, type Finding, type Specimen } from '@bioscan/core';
import {
  casesAsCsv,
  fitSuspicion,
  fittedSuspicion,
  library,
  rankCases,
  reportCategories,
  runChecks,
  suspicion,
  suspicionsOf,
  type SuspicionExample,
} from '@bioscan/qc';
import { errorsAt, simulate, worlds } from '@bioscan/sim';

const finding = (
  check: string,
  records: readonly string[],
  score: number,
  evidence: Finding['evidence'] = {},
): Finding => ({
  check,
  severity: 'warning',
  records,
  message: `${check}, "quoted"`,
  evidence: { ...evidence, score },
  action: 'ask',
});

describe('estimated precision', () => {
  it('recovers the odds of independent checks, and takes no finding for reassuring', () => {
    // Of 1,000 records with `strong` 900 are wrong, of 1,000 with `weak` 200, of 8,000 with nothing 80; `noise` fires on right ones only.
    const examples: SuspicionExample[] = [];
    const add = (check: string | undefined, wrong: number, right: number): void => {
      const suspicions = new Map(check === undefined ? [] : [[check, 0] as const]);
      for (let i = 0; i < wrong; i++) examples.push({ suspicions, wrong: true });
      for (let i = 0; i < right; i++) examples.push({ suspicions, wrong: false });
    };
    add('strong', 900, 100);
    add('weak', 200, 800);
    add(undefined, 80, 7920);
    add('noise', 0, 500);
    const model = fitSuspicion(examples, 'test');
    const chance = (check?: string): number => suspicion(model, new Map(check === undefined ? [] : [[check, 0]]));
    expect(chance('strong')).toBeCloseTo(0.9, 1);
    expect(chance('weak')).toBeCloseTo(0.2, 1);
    expect(chance()).toBeCloseTo(0.0095, 2);
    expect(model.checks['noise']).toEqual({ fires: 0, score: 0 });
    // Odds of a hundredth of the errors: 9 to 1 becomes about 9 to 100.
    const rare = suspicion(model, new Map([['strong', 0]]), 0.0012);
    expect(rare / (1 - rare)).toBeCloseTo(0.09, 1);
  });

  it('is right in another world than it was fitted on', async () => {
    const simulation = simulate({
      specimens: 1500,
      species: 90,
      seed: 77,
      world: { ...worlds.complete, errors: errorsAt(0.01) },
    });
    const one = library(simulation.specimens);
    const { findings } = await runChecks(one);
    const wrong = new Set(simulation.errors.map(({ processId }) => processId));
    const cases = rankCases(one, findings, { prevalence: fittedSuspicion.prevalence });
    const sure = cases.filter(({ kind, precision }) => kind === 'error' && precision >= 0.8);
    const right = sure.filter(({ processId }) => wrong.has(processId)).length;
    expect(sure.length).toBeGreaterThan(60);
    expect(right / sure.length).toBeGreaterThan(0.85);
    const top = cases.slice(0, 50).filter(({ processId }) => wrong.has(processId)).length;
    expect(top).toBeGreaterThanOrEqual(45);
    const found = [...wrong].filter((id) => sure.some(({ processId }) => processId === id)).length;
    expect(found / wrong.size).toBeGreaterThan(0.5);
  });
});

describe('cases', () => {
  const rows: Specimen[] = ['A', 'B', 'C', 'D'].map((processId) => ({
    processId,
    lineage: { species: 'Aus bus' },
    place: { country: 'Norway', latitude: 10, longitude: 60 },
  }));
  const one = library(rows);
  const found = [
    finding('in-frame-stop', ['A'], 0.9),
    finding('far-from-consensus', ['A', 'B'], 0.2),
    finding('detached-lineage', ['B', 'C'], 0.9),
    finding('coordinates-not-in-country', ['D'], 0.97, { repair: 'latitude and longitude changed places' }),
    finding('first-record-of-country', ['C'], 0),
  ];
  const cases = rankCases(one, found);
  const of = (id: string): (typeof cases)[number] | undefined => cases.find(({ processId }) => processId === id);

  it('merge the findings of a record, strongest first, and keep discoveries apart from errors', () => {
    expect(of('A')?.findings.map(({ check }) => check)).toEqual(['in-frame-stop', 'far-from-consensus']);
    expect(cases.map(({ processId, kind }) => `${processId} ${kind}`)).toEqual([
      'A error',
      'D error',
      'B novelty',
      'C novelty',
    ]);
    expect(of('B')?.findings[0]?.check).toBe('detached-lineage');
    expect(cases.every(({ category }) => reportCategories.includes(category))).toBe(true);
  });

  it('hold nothing against a coherent lineage that the lineage explains', () => {
    const split = [
      finding('detached-lineage', ['B', 'C'], 0.9),
      finding('far-from-consensus', ['B', 'C', 'D'], 0.9),
      finding('label-against-neighbourhood', ['B', 'C', 'D'], 1),
      finding('in-frame-stop', ['C'], 0.9),
    ];
    const kinds = rankCases(one, split).map(({ processId, kind }) => `${processId} ${kind}`);
    expect(kinds.sort()).toEqual(['B novelty', 'C error', 'D error']);
  });

  it('say what to write instead where the evidence does', () => {
    expect(of('D')?.changes).toEqual([
      { field: 'latitude', to: 60 },
      { field: 'longitude', to: 10 },
    ]);
    expect(of('A')?.changes).toBeUndefined();
  });

  it('are exported as RFC 4180 text without formulas', () => {
    const evil = rankCases(one, [{ ...finding('in-frame-stop', ['A'], 1), message: '=SUM(A1)' }]);
    const text = casesAsCsv(one, [...cases, ...evil]);
    const lines = text.trimEnd().split('\r\n');
    // A, B and C have two findings each.
    expect(lines).toHaveLength(1 + 7 + 1);
    expect(lines[1]).toContain('"in-frame-stop, ""quoted"""');
    expect(lines.at(-1)).toContain(",'=SUM(A1),");
  });

  it('weigh each check once for a record, at its highest score', () => {
    expect(suspicionsOf([finding('numt-sign', ['A'], 0.2), finding('numt-sign', ['A'], 0.7)]).get('A')).toEqual(
      new Map([['numt-sign', 0.7]]),
    );
    expect(suspicionsOf([finding('detached-lineage', ['A'], 1)]).size).toBe(0);
  });
});

describe('bad input', () => {
  it.each([
    ['nothing', []],
    ['only ids', [{ processId: 'A', lineage: {} }]],
    [
      'singletons',
      Array.from({ length: 5 }, (_, i) => ({
        processId: `S${i}`,
        lineage: { genus: 'Aus', species: `Aus ${'abcde'.charAt(i)}us` },
        bin: `BOLD:AAA000${i}`,
        barcode: 'ACGT'.repeat(100 + i),
      })),
    ],
    [
      'lower case and gaps',
      [
        { processId: 'A', lineage: {}, barcode: 'acg--tnn' },
        { processId: 'B', lineage: {}, barcode: '' },
      ],
    ],
  ] as [string, Specimen[]][])('%s: runs, and says what could not be checked', async (_, rows) => {
    const one = library(rows);
    const { findings, skipped } = await runChecks(one);
    expect(findings.filter(({ check }) => check !== 'not-coi' && check !== 'short-barcode')).toEqual([]);
    expect(rankCases(one, findings)).toHaveLength(new Set(findings.flatMap(({ records }) => records)).size);
    expect(skipped.length).toBeGreaterThan(3);
  });

  it('stops when cancelled', async () => {
    const controller = new AbortController();
    const one = library([]);
    const run = runChecks(one, {}, { signal: controller.signal, onStep: () => { controller.abort(); } }); // prettier-ignore
    await expect(run).rejects.toSatisfy((error) => isBioscanError(error) && error.code === 'cancelled');
  });
});
