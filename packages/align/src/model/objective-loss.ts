import {
  accuracy,
  add,
  concat,
  crossEntropy,
  div,
  linear,
  matmul,
  mul,
  normalizeRows,
  type Graph,
  type Value,
  type Values,
} from '@bioscan/graph';
import { infoNceLoss } from '../losses/info-nce-loss.js';
import { ntXentLoss } from '../losses/nt-xent-loss.js';
import { sameNumber, sameRow } from '../losses/same.js';
import { sigmoidLoss } from '../losses/sigmoid-loss.js';
import type { ClassifyTerm, ContrastTerm, Objective, Targets } from '../objective.js';
import { feedNames } from './loss-feeds.js';
import type { ModalityPair } from './modality-pairs.js';
import { matchAccuracy } from './match-accuracy.js';

/** All that turns vectors into a loss. */
export interface LossPlan {
  readonly objective: Objective;
  /** For each contrast of the objective, by its place there. */
  readonly pairs: ReadonlyMap<number, readonly ModalityPair[]>;
  /** Vocabularies of the classifiers. */
  readonly classes: Readonly<Record<string, readonly string[]>>;
  scale(graph: Graph): Value;
  bias(graph: Graph): Value;
}

export interface ObjectiveLoss {
  readonly loss: Value;
  readonly metrics: Readonly<Record<string, Value>>;
}

interface Context {
  readonly graph: Graph;
  readonly plan: LossPlan;
  /** By stream: in the common space, as projected and of unit length. */
  readonly projected: ReadonlyMap<string, Value>;
  readonly unit: ReadonlyMap<string, Value>;
  readonly feeds: Values;
  readonly scale: () => Value;
  readonly metrics: Record<string, Value>;
}

/** The loss of a batch from the vectors (n, width) of each stream. Parameters: `logit_scale`, `logit_bias`, `classifier.…` as needed. */
export function objectiveLoss(
  graph: Graph,
  plan: LossPlan,
  projected: ReadonlyMap<string, Value>,
  feeds: Values,
): ObjectiveLoss {
  const unit = new Map([...projected].map(([stream, vectors]) => [stream, normalizeRows(vectors)]));
  const metrics: Record<string, Value> = {};
  const scale = (): Value => (metrics['logitScale'] ??= plan.scale(graph));
  const context: Context = { graph, plan, projected, unit, feeds, scale, metrics };
  const terms = plan.objective.map((term, at) => ({
    weight: term.weight ?? 1,
    loss:
      term.kind === 'contrast' ? contrastLoss(context, term, plan.pairs.get(at) ?? []) : classifyLoss(context, term),
  }));
  return { loss: weightedMean(terms), metrics: context.metrics };
}

function contrastLoss(context: Context, term: ContrastTerm, pairs: readonly ModalityPair[]): Value {
  return weightedMean(
    pairs.map((pair) => {
      const losses = pair.streams.map((streams) => ({ weight: 1, loss: pairLoss(context, term, pair, streams) }));
      const loss = weightedMean(losses);
      report(context, `${pair.name} ${term.loss.kind}`, loss);
      return { weight: pair.weight, loss };
    }),
  );
}

function pairLoss(
  context: Context,
  { loss, targets }: ContrastTerm,
  { name, between }: ModalityPair,
  [first, second]: readonly [string, string],
): Value {
  const { graph, plan, unit, feeds } = context;
  const [x, y] = [unit.get(first), unit.get(second)] as [Value, Value];
  const rows = commonRows(feeds, between);
  const positives = targetMatrix(graph, feeds, targets, x);
  const options = { normalised: targets.kind === 'label' && targets.normalised };
  const scale = context.scale();
  if (loss.kind === 'nt-xent') {
    const both = concat([x, y], 0);
    const similarity = matmul(mul(both, scale), both, { transposeY: true });
    const twice = concat([positives, positives], 0);
    return ntXentLoss({ similarity, targets: concat([twice, twice], 1), rows: concat([rows, rows], 0) }, options);
  }
  const similarity = matmul(mul(x, scale), y, { transposeY: true });
  const scores = { similarity, targets: positives, rows, columns: rows };
  report(context, `${name} accuracy`, matchAccuracy(scores));
  return loss.kind === 'sigmoid' ? sigmoidLoss(scores, plan.bias(graph)) : infoNceLoss(scores, options);
}

/** 1 for rows that have both modalities. */
function commonRows(feeds: Values, [a, b]: readonly [string, string]): Value {
  const [x, y] = [feeds[feedNames.present(a)], feeds[feedNames.present(b)]] as [Value, Value];
  return a === b ? x : mul(x, y);
}

function targetMatrix(graph: Graph, feeds: Values, targets: Targets, vectors: Value): Value {
  return targets.kind === 'identity'
    ? sameRow(graph, vectors.shape[0] as number)
    : sameNumber(feeds[feedNames.positives(targets.label)] as Value);
}

function classifyLoss(context: Context, { modality, label, head }: ClassifyTerm): Value {
  const { plan, feeds, unit, projected } = context;
  const classes = plan.classes[label]?.length ?? 0;
  const labels = feeds[feedNames.classes(label)] as Value;
  const weights = mul(feeds[feedNames.known(label)] as Value, feeds[feedNames.present(modality)] as Value);
  const name = `classifier.${modality}.${label}`;
  const losses = [...unit.keys()]
    .filter((stream) => stream === modality || stream.startsWith(`${modality}@`))
    .map((stream) => {
      const logits =
        head === 'linear'
          ? linear(projected.get(stream) as Value, name, classes)
          : cosines(unit.get(stream) as Value, `${name}.weight`, classes, context.scale());
      report(context, `${modality} ${label} accuracy`, accuracy(logits, labels, { weights }));
      return { weight: 1, loss: crossEntropy(logits, labels, { weights }) };
    });
  const loss = weightedMean(losses);
  report(context, `${modality} ${label} cross-entropy`, loss);
  return loss;
}

/** Cosines with one learnt vector a class, scaled. */
function cosines(unit: Value, name: string, classes: number, scale: Value): Value {
  const width = unit.shape[1] as number;
  const weight = unit.graph.parameter(name, [classes, width], { initial: { normal: 1 / Math.sqrt(width) } });
  return matmul(mul(unit, scale), normalizeRows(weight), { transposeY: true });
}

function weightedMean(terms: readonly { readonly weight: number; readonly loss: Value }[]): Value {
  const total = terms.reduce((sum, { weight }) => sum + weight, 0);
  const weighted = terms.map(({ weight, loss }) => (weight === 1 ? loss : mul(loss, weight)));
  const sum = weighted.slice(1).reduce((before, loss) => add(before, loss), weighted[0] as Value);
  return total === 1 ? sum : div(sum, total);
}

/** The first of equal names stands for all: views of a pair are reported by their first. */
function report(context: Context, name: string, value: Value): void {
  if (!(name in context.metrics)) context.metrics[name] = value;
}
