// Planted errors by the protocol of the evaluation: npx tsx bench/triage.ts [specimens] [worlds]
// Thresholds come from other worlds; intervals are over worlds. Everything printed is SIMULATED.
import type { ErrorKind } from '@bioscan/sim';
import { fittedSuspicion } from '@bioscan/qc';
import { casesOf, checkedWorld, stratum, unseenKinds, type CheckedWorld } from './triage-worlds.js';

const specimens = Number(process.argv[2] ?? 2000);
const count = Number(process.argv[3] ?? 3);
const aim = 0.8;

interface Scored {
  readonly world: CheckedWorld;
  readonly byRecord: ReadonlyMap<string, { readonly kind: string; readonly precision: number }>;
  readonly top50: number;
}

console.log('SIMULATED: property of the generator, worlds "complete" and "standard"');
for (const rate of [0.005, 0.01, 0.02]) {
  for (const name of ['complete', 'standard'] as const) {
    const threshold = thresholdOf(await scoreWorlds(name, 300, rate));
    const scored = await scoreWorlds(name, 400, rate);
    console.log(
      `\n${name}, ${100 * rate} % of each kind, ${count} worlds of ${specimens}; threshold ${threshold.toFixed(2)}`,
    );
    const precision = scored.map((one) => precisionAt(one, threshold));
    console.log(
      `precision ${interval(precision)}, precision at the top 50 ${interval(scored.map(({ top50 }) => top50))}`,
    );
    const rows = recallRows(scored, threshold);
    console.table(rows);
  }
}

async function scoreWorlds(name: 'complete' | 'standard', seed: number, rate: number): Promise<Scored[]> {
  const scored: Scored[] = [];
  for (let i = 0; i < count; i++) {
    const world = await checkedWorld({ name, seed: seed + i, rate, specimens });
    const prevalence = world.kinds.size / specimens;
    const cases = casesOf(world, fittedSuspicion, prevalence);
    const errors = cases.filter(({ kind }) => kind === 'error').slice(0, 50);
    const right = errors.filter(({ processId }) => world.kinds.has(processId)).length;
    scored.push({
      world,
      byRecord: new Map(cases.map(({ processId, kind, precision }) => [processId, { kind, precision }])),
      top50: right / errors.length,
    });
  }
  return scored;
}

/** The lowest estimate above which at least 80 % of the records are wrong, over all worlds together. */
function thresholdOf(scored: readonly Scored[]): number {
  const all = scored
    .flatMap(({ world, byRecord }) =>
      Array.from(byRecord, ([id, { kind, precision }]) => ({ wrong: world.kinds.has(id), kind, precision })),
    )
    .filter(({ kind }) => kind === 'error')
    .sort((a, b) => b.precision - a.precision);
  let wrong = 0;
  let threshold = 1;
  all.forEach((one, i) => {
    if (one.wrong) wrong++;
    if (wrong / (i + 1) >= aim) threshold = one.precision;
  });
  return threshold;
}

function precisionAt({ world, byRecord }: Scored, threshold: number): number {
  const flagged = [...byRecord].filter(([, { kind, precision }]) => kind === 'error' && precision >= threshold);
  return flagged.filter(([id]) => world.kinds.has(id)).length / Math.max(1, flagged.length);
}

/** Recall by kind and by how far the error lies from the truth; cryptic species as novelty and as error. */
function recallRows(scored: readonly Scored[], threshold: number): Record<string, string>[] {
  const strata = new Map<string, { planted: number[]; found: number[]; novel: number[] }>();
  scored.forEach(({ world, byRecord }, w) => {
    for (const [id, kind] of world.kinds) {
      const key = `${kind}\t${kind === 'wrong-coordinates' ? 'none' : stratum(world, id)}`;
      const row = strata.get(key) ?? { planted: zeros(), found: zeros(), novel: zeros() };
      strata.set(key, row);
      const one = byRecord.get(id);
      row.planted[w] = (row.planted[w] ?? 0) + 1;
      if (one?.kind === 'error' && one.precision >= threshold) row.found[w] = (row.found[w] ?? 0) + 1;
      if (one?.kind === 'novelty') row.novel[w] = (row.novel[w] ?? 0) + 1;
    }
  });
  return [...strata].sort().map(([key, { planted, found, novel }]) => {
    const [kind = '', rank = ''] = key.split('\t');
    const share = (part: readonly number[]): number[] =>
      part.flatMap((value, w) => ((planted[w] ?? 0) === 0 ? [] : [value / (planted[w] ?? 1)]));
    return {
      kind: unseenKinds.has(kind as ErrorKind) ? `${kind} (no column shows it)` : kind,
      'first rank that differs': rank,
      planted: String(planted.reduce((sum, value) => sum + value, 0)),
      'recall at precision 0.8': interval(share(found)),
      'as novelty': kind === 'cryptic-species' ? interval(share(novel)) : '',
    };
  });
}

function zeros(): number[] {
  return new Array<number>(count).fill(0);
}

/** Mean over worlds with its 95 % t interval; the values themselves where there are fewer than three. */
function interval(values: readonly number[]): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length < 3) return values.map((value) => value.toFixed(2)).join(', ');
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const t = [0, 0, 0, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262][values.length] ?? 2;
  const half = t * Math.sqrt(variance / values.length);
  return `${mean.toFixed(2)} [${Math.max(0, mean - half).toFixed(2)}, ${Math.min(1, mean + half).toFixed(2)}]`;
}
