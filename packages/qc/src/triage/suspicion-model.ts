import type { Finding } from '@bioscan/core';

/** How much each check weighs in the estimate that a record bears an error. Plain JSON. */
export interface SuspicionModel {
  /** Where the weights come from, as reports print it. */
  readonly source: string;
  readonly intercept: number;
  /** Share of wrong records among those it was fitted on; another prevalence moves the intercept. */
  readonly prevalence: number;
  /** By check: added when it fires, and times its score. Never negative: no finding makes a record less suspicious. */
  readonly checks: Readonly<Record<string, { readonly fires: number; readonly score: number }>>;
}

/** Scores by check of one record; the highest where a check fired more than once. */
export type Suspicions = ReadonlyMap<string, number>;

/** Checks that say a discovery or a note, not an error. */
export const notErrors: ReadonlySet<string> = new Set([
  'detached-lineage', 'no-barcode-gap', 'bin-missing', 'otu-several-bins', 'first-record-of-country', 'name-from-barcode', 'duplicate-id',
  'short-barcode', 'over-long-barcode', 'stop-outside-region', 'deeper-name', 'synonym', 'photo-unclear', 'leak-equal', 'leak-contained', 'leak-near', 'leak-held-out-bin',
]); // prettier-ignore

/** What the checks say of each record that they name. */
export function suspicionsOf(findings: Iterable<Finding>): Map<string, Map<string, number>> {
  const byRecord = new Map<string, Map<string, number>>();
  for (const { check, evidence, records } of findings) {
    if (notErrors.has(check)) continue;
    const score = typeof evidence['score'] === 'number' ? evidence['score'] : 0;
    for (const id of records) {
      const own = byRecord.get(id) ?? new Map<string, number>();
      byRecord.set(id, own.set(check, Math.max(own.get(check) ?? 0, score)));
    }
  }
  return byRecord;
}

/** The estimated chance that a record with these findings bears an error. */
export function suspicion(
  model: SuspicionModel,
  suspicions: Suspicions,
  prevalence: number = model.prevalence,
): number {
  let logit = model.intercept + odds(prevalence) - odds(model.prevalence);
  for (const [check, score] of suspicions) {
    const weight = model.checks[check];
    if (weight !== undefined) logit += weight.fires + weight.score * score;
  }
  return 1 / (1 + Math.exp(-logit));
}

function odds(share: number): number {
  return Math.log(share / (1 - share));
}

/** One record of a world whose errors are known. */
export interface SuspicionExample {
  readonly suspicions: Suspicions;
  readonly wrong: boolean;
}

/**
 * Fits the weights to records of worlds whose errors are known: logistic regression, weights held at 0 or above and shrunk a little, by Newton steps
 * on one weight after the other. Records without findings count too: they set the intercept. Deterministic.
 */
export function fitSuspicion(examples: readonly SuspicionExample[], source: string): SuspicionModel {
  const checks = [...new Set(examples.flatMap(({ suspicions }) => [...suspicions.keys()]))].sort();
  const place = new Map(checks.map((check, i) => [check, 2 * i]));
  const rows = compress(examples, place);
  const wrong = examples.filter((example) => example.wrong).length;
  const prevalence = Math.min(0.5, Math.max(1e-4, wrong / examples.length));
  // The last weight is the intercept: every row has it.
  const weights = new Float64Array(2 * checks.length + 1);
  const intercept = weights.length - 1;
  weights[intercept] = odds(prevalence);
  const logits = Float64Array.from(rows, () => weights[intercept] as number);
  const holders = weightHolders(rows, weights.length);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < weights.length; i++) {
      const old = weights[i] as number;
      const [slope, curvature] = slopeOf(rows, logits, holders[i] ?? [], i === intercept ? 0 : old);
      const moved = old - Math.max(-1, Math.min(1, slope / curvature));
      weights[i] = i === intercept ? moved : Math.max(0, moved);
      const step = (weights[i] as number) - old;
      for (const [row, value] of holders[i] ?? []) logits[row] = (logits[row] as number) + step * value;
    }
  }
  return {
    source,
    intercept: rounded(weights[intercept]),
    prevalence: rounded(prevalence),
    checks: Object.fromEntries(
      checks.map((check, i) => [
        check,
        { fires: rounded(weights[2 * i] ?? 0), score: rounded(weights[2 * i + 1] ?? 0) },
      ]),
    ),
  };
}

const rounds = 200;
/** Keeps checks that were never wrong from certainty. */
const shrinkage = 0.1;

type Holder = readonly [row: number, value: number];

/** The rows in which each weight has a part. */
function weightHolders(rows: readonly Row[], weights: number): Holder[][] {
  const holders = Array.from({ length: weights }, (): Holder[] => []);
  rows.forEach(({ features }, row) => {
    for (const [i, value] of features) holders[i]?.push([row, value]);
    holders[weights - 1]?.push([row, 1]);
  });
  return holders;
}

/** First and second derivative of the loss along one weight. */
function slopeOf(
  rows: readonly Row[],
  logits: Float64Array,
  holders: readonly Holder[],
  weight: number,
): [number, number] {
  let slope = shrinkage * weight;
  let curvature = shrinkage;
  for (const [row, value] of holders) {
    const { count, wrong } = rows[row] as Row;
    const chance = 1 / (1 + Math.exp(-(logits[row] as number)));
    slope += (count * chance - wrong) * value;
    curvature += count * chance * (1 - chance) * value * value;
  }
  return [slope, curvature];
}

interface Row {
  readonly features: readonly (readonly [place: number, value: number])[];
  count: number;
  wrong: number;
}

/** Equal records once, with their number: most have no finding. */
function compress(examples: readonly SuspicionExample[], place: ReadonlyMap<string, number>): Row[] {
  const rows = new Map<string, Row>();
  for (const { suspicions, wrong } of examples) {
    const features = [...suspicions]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([check, score]): [number, number][] => {
        const i = place.get(check) ?? 0;
        return [[i, 1], [i + 1, Math.round(score * 100) / 100]]; // prettier-ignore
      });
    const key = features.join(';');
    const row = rows.get(key) ?? { features, count: 0, wrong: 0 };
    rows.set(key, row);
    row.count++;
    if (wrong) row.wrong++;
  }
  return [...rows.values()];
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
