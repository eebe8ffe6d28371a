import { BioscanError, type Rng, type Runtime, type Tensor } from '@bioscan/core';
import { fitSoftmax, type SoftmaxFit, type SoftmaxPlan } from './fit-softmax.js';
import { requireMatrix } from './matrix.js';
import { columnDeviations, columnMeans, globalMoments } from './moments.js';
import { fittedProbe, scaledRows, type FitContext, type FittedProbe, type Probe, type ProbeState } from './probe.js';
import { classIndex, requireTrainingRows, rowsAt } from './training-rows.js';

export interface LinearProbeOptions {
  /** Order of batches, start of the weights, and the rows held out for choosing. */
  readonly rng: Rng;
  /**
   * `regularised` (default): features standardised one by one; L2 chosen from `strengths`; AdamW until the objective stands still.
   * `paper`: one mean and deviation for all elements; SGD, rate 1.0, momentum 0.95, weight decay 1e-9, 200 epochs of batches of 1,024.
   */
  readonly recipe?: 'regularised' | 'paper';
  /** L2 strengths to choose from: the objective is mean cross entropy + strength/2 · |W|². Default 1e-2, 1e-3, 1e-4. */
  readonly strengths?: readonly number[];
  /** Rows a step. Default 1,024. */
  readonly batchSize?: number;
  /** First rate of AdamW. Default 0.01. */
  readonly learningRate?: number;
  /** A round whose mean objective fell by less than this share cuts the rate to a third. Default 0.01. */
  readonly tolerance?: number;
  /** The fit ends at the round that would cut the rate once more than this. Default 4. */
  readonly cuts?: number;
  /** Bound on the epochs of one fit. Default 200. */
  readonly maxEpochs?: number;
}

/**
 * Multinomial logistic regression on frozen vectors, trained by the engine.
 * A round is an epoch, or 10 steps where an epoch has fewer. The strength with the best macro accuracy on the validation rows wins, the
 * stronger of equals; strengths are tried from strong to weak, each starting from the last, and two falls in a row end the search.
 * Without validation rows a fifth of each class with 5 or more rows is held out for the choice and the winner is fitted further on all rows.
 * Cost: rows x features x classes x epochs; 12,000 x 768 x 1,000, the choice included, about 50 s of one core.
 * @example
 * const probe = await linearProbe({ rng: rng(1) }).fit(x, y, runtime);
 * const species = probe.predict(queries);
 */
export function linearProbe(options: LinearProbeOptions): Probe {
  const { recipe = 'regularised', strengths = [1e-2, 1e-3, 1e-4] } = options;
  if (strengths.length === 0 || strengths.some((strength) => !(strength >= 0))) {
    throw new RangeError(`eval: strengths must be numbers of at least 0, got [${strengths.join(', ')}]`);
  }
  return {
    name: `linear ${recipe}`,
    async fit(x, y, runtime, context = {}) {
      requireTrainingRows(x, y);
      switch (recipe) {
        case 'paper':
          return await fitPaper(x, y, runtime, options, context);
        case 'regularised':
          return await fitRegularised(x, y, runtime, { ...options, strengths }, context);
        default:
          return recipe satisfies never;
      }
    },
  };
}

async function fitPaper(
  x: Tensor<'float32'>,
  y: readonly string[],
  runtime: Runtime,
  { rng, batchSize = 1024, maxEpochs = 200 }: LinearProbeOptions,
  context: FitContext,
): Promise<FittedProbe> {
  const { mean, deviation } = globalMoments(x);
  const base = problem(
    x,
    y,
    () => mean,
    () => (deviation > 0 ? 1 / deviation : 1),
  );
  const plan: SoftmaxPlan = {
    ...base,
    batchSize,
    start: 'uniform',
    stop: { kind: 'epochs', epochs: maxEpochs },
    optimizer: { kind: 'sgd', weightDecay: 1e-9 },
    learningRate: 1,
    beta1: 0.95,
    strength: 0,
    stage: 'paper',
  };
  const fit = await fitSoftmax(plan, runtime, rng, context);
  return probeOf(base, fit, { recipe: 'paper', epochs: fit.epochs, loss: fit.loss, batchSize });
}

async function fitRegularised(
  x: Tensor<'float32'>,
  y: readonly string[],
  runtime: Runtime,
  options: LinearProbeOptions & { readonly strengths: readonly number[] },
  context: FitContext,
): Promise<FittedProbe> {
  const [only] = options.strengths;
  if (options.strengths.length === 1 && only !== undefined) {
    return (await fitStrength({ x, y }, only, runtime, options, context)).probe;
  }
  const { train, validation, heldOut } = choiceRows(x, y, options.rng, context);
  const chosen = await chooseStrength(train, validation, runtime, options, context);
  if (!heldOut) return chosen.probe;
  const { probe } = await fitStrength({ x, y }, chosen.strength, runtime, options, context, chosen.fit);
  return fittedProbe({ ...probe.state, settings: { ...probe.state.settings, ...chosen.notes } });
}

interface Rows {
  readonly x: Tensor<'float32'>;
  readonly y: readonly string[];
}

interface Candidate {
  readonly probe: FittedProbe;
  readonly fit: SoftmaxFit;
}

interface Choice {
  readonly probe: FittedProbe;
  readonly fit: SoftmaxFit;
  readonly strength: number;
  readonly notes: Readonly<Record<string, string | number>>;
}

/** From strong to weak, each fit starting where the last ended. */
async function chooseStrength(
  train: Rows,
  validation: Rows,
  runtime: Runtime,
  options: LinearProbeOptions & { readonly strengths: readonly number[] },
  context: FitContext,
): Promise<Choice> {
  let best: { candidate: Candidate; strength: number; accuracy: number } | undefined;
  let last: Candidate | undefined;
  let falls = 0;
  const tried: string[] = [];
  for (const strength of [...options.strengths].sort((a, b) => b - a)) {
    const candidate = await fitStrength(train, strength, runtime, options, context, last?.fit);
    const accuracy = macroAccuracy(candidate.probe.predict(validation.x), validation.y);
    tried.push(`${strength}: ${accuracy.toFixed(4)}`);
    last = candidate;
    if (best === undefined || accuracy > best.accuracy) {
      best = { candidate, strength, accuracy };
      falls = 0;
    } else if (accuracy < best.accuracy && ++falls === 2) break;
  }
  if (best === undefined) throw new RangeError('eval: linear probe needs at least one strength');
  const notes = {
    strengthsTried: tried.join(', '),
    validationMacro: best.accuracy,
    validationRows: validation.y.length,
  };
  const { state } = best.candidate.probe;
  const probe = fittedProbe({ ...state, settings: { ...state.settings, ...notes } });
  return { probe, fit: best.candidate.fit, strength: best.strength, notes };
}

async function fitStrength(
  { x, y }: Rows,
  strength: number,
  runtime: Runtime,
  options: LinearProbeOptions,
  context: FitContext,
  warm?: SoftmaxFit,
): Promise<Candidate> {
  const { rng, batchSize = 1024, learningRate = 0.01, tolerance = 0.01, cuts = 4, maxEpochs = 200 } = options;
  const mean = columnMeans(x);
  const deviations = columnDeviations(x, mean);
  const base = problem(
    x,
    y,
    (column) => mean[column] as number,
    (column) => (deviations[column] ? 1 / deviations[column] : 1),
  );
  const plan: SoftmaxPlan = {
    ...base,
    batchSize,
    start: warm ?? 'zeros',
    stop: { kind: 'plateau', tolerance, cuts, maxEpochs },
    optimizer: { kind: 'adamw', beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
    learningRate,
    beta1: 0.9,
    strength,
    stage: `l2 = ${strength}`,
  };
  const fit = await fitSoftmax(plan, runtime, rng, context);
  const settings = {
    recipe: 'regularised',
    l2: strength,
    epochs: fit.epochs,
    loss: fit.loss,
    ended: fit.ended,
    batchSize,
  };
  return { probe: probeOf(base, fit, settings), fit };
}

type Problem = Pick<SoftmaxPlan, 'x' | 'labels' | 'classes'> &
  Pick<ProbeState, 'mean' | 'scale'> & { readonly names: readonly string[] };

function problem(
  x: Tensor<'float32'>,
  y: readonly string[],
  meanOf: (column: number) => number,
  scaleOf: (column: number) => number,
): Problem {
  const { columns: dimension } = requireMatrix(x);
  const { classes, index } = classIndex(y);
  const mean = Float32Array.from({ length: dimension }, (_, column) => meanOf(column));
  const scale = Float32Array.from({ length: dimension }, (_, column) => scaleOf(column));
  const rows = scaledRows({ mean, scale, unitLength: false, dimension }, x);
  return { x: rows, labels: index, classes: classes.length, mean, scale, names: classes };
}

function probeOf(
  { names, mean, scale }: Problem,
  { weight, bias }: SoftmaxFit,
  settings: ProbeState['settings'],
): FittedProbe {
  return fittedProbe({
    kind: 'linear',
    classes: names,
    dimension: mean.length,
    mean,
    scale,
    unitLength: false,
    weight,
    bias,
    settings,
  });
}

/** The given validation rows, or a fifth of each class that has 5 or more rows. */
function choiceRows(
  x: Tensor<'float32'>,
  y: readonly string[],
  rng: Rng,
  { validation }: FitContext,
): { train: Rows; validation: Rows; heldOut: boolean } {
  if (validation !== undefined) return { train: { x, y }, validation, heldOut: false };
  const byClass = new Map<string, number[]>();
  y.forEach((label, row) => byClass.set(label, [...(byClass.get(label) ?? []), row]));
  const held = new Set<number>();
  for (const [label, rows] of byClass) {
    for (const row of rng
      .split(`hold-out:${label}`)
      .shuffle(rows)
      .slice(0, Math.floor(rows.length / 5)))
      held.add(row);
  }
  if (held.size === 0) {
    throw new BioscanError(
      'bad-input',
      'eval: linear probe, got no validation rows and no class of 5 or more rows, expected rows to choose the L2 strength on; ' +
        'pass validation, or one strength',
    );
  }
  const rowsWhere = (inHeld: boolean): Rows => {
    const rows = y.flatMap((_, row) => (held.has(row) === inHeld ? [row] : []));
    return { x: rowsAt(x, rows), y: rows.map((row) => y[row] as string) };
  };
  return { train: rowsWhere(false), validation: rowsWhere(true), heldOut: true };
}

function macroAccuracy(predicted: readonly string[], truth: readonly string[]): number {
  const rows = new Map<string, { total: number; right: number }>();
  truth.forEach((label, i) => {
    const row = rows.get(label) ?? { total: 0, right: 0 };
    row.total++;
    if (predicted[i] === label) row.right++;
    rows.set(label, row);
  });
  return [...rows.values()].reduce((sum, { total, right }) => sum + right / total, 0) / rows.size;
}
