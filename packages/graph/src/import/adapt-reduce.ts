import { single } from '../functions/elementwise.js';
import { applyRule } from './apply-rule.js';
import { axesOf, intAttribute } from './attributes.js';
import { inputContent, inputValue, type Adapter, type NodeContext } from './node-context.js';

const reductions = [
  'ReduceSum',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
  'ReduceProd',
  'ReduceL1',
  'ReduceL2',
  'ReduceLogSum',
  'ReduceLogSumExp',
  'ReduceSumSquare',
] as const;

export const reduceAdapters: Readonly<Record<string, Adapter>> = {
  ...Object.fromEntries(reductions.map((operator) => [operator, reduction])),
};

/** Axes are an attribute up to opset 12 for sums and 17 for the others, an input after; none means all, or nothing to do. */
function reduction(context: NodeContext): readonly ReturnType<typeof inputValue>[] {
  const { node, graph } = context;
  const x = inputValue(context, 0);
  const given = axesOf(node, inputContent(context, 1));
  const { axes: _axes, noop_with_empty_axes: empty = 0, ...attributes } = node.attributes;
  if ((given === undefined || given.length === 0) && empty === 1) return [x];
  const axes = given === undefined || given.length === 0 ? x.shape.map((_, axis) => axis) : given;
  if (axes.length === 0) return [x];
  const keepdims = intAttribute(node, 'keepdims', 1);
  return [single(applyRule(context, [x, graph.integers(axes)], { ...attributes, keepdims }))];
}
