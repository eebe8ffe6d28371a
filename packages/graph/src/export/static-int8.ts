import { BioscanError, tensor, type Tensor } from '@bioscan/core';
import type { Graph, Node, Value } from '../graph.js';
import { reachable } from '../prune.js';
import { keep, rewriteGraph, type ExportPass, type InferenceDraft, type Rewriting } from './draft.js';
import { quantiseWeight, type QuantisedWeight } from './quantise.js';

/** Least and largest value that each activation took, by its name in the graph. */
export type ActivationRanges = Readonly<Record<string, readonly [least: number, largest: number]>>;

/**
 * Multiplies and convolves in 8 bits with fixed activation ranges (`calibrate`): pairs of QuantizeLinear and DequantizeLinear stand
 * around linear layers and convolutions, and engines fuse them into integer kernels. One step an output channel for weights (7 bits,
 * see `dynamicInt8`), one range a tensor for activations. Run it before `fuse()`: ranges are named after the plain graph.
 * @throws BioscanError `mismatch` when an activation has no range.
 */
export function staticInt8(ranges: ActivationRanges): ExportPass {
  return (draft) => {
    const outputs = new Set(convolved(draft));
    const quantised = new Map<Value, Value>();
    const activation = (value: Value, { mapped, graph }: Rewriting): Value => {
      const known = quantised.get(value) ?? roundTrip(mapped(value), rangeOf(ranges, value));
      quantised.set(value, known);
      if (known.graph !== graph) throw new TypeError('graph: staticInt8 is used once a draft');
      return known;
    };
    return rewriteGraph(draft, (node, rewriting) => {
      const results = quantiseNode(node, rewriting, activation) ?? keep(node, rewriting);
      // Everything after a convolution reads its quantised output: only then do engines fuse it.
      return results.map((result, i) => {
        const old = node.outputs[i] as Value;
        if (!outputs.has(old)) return result;
        const rounded = roundTrip(result, rangeOf(ranges, old));
        quantised.set(old, rounded);
        return rounded;
      });
    });
  };
}

/** The activations whose ranges `staticInt8` needs. */
export function quantisedActivations(draft: InferenceDraft): readonly Value[] {
  const { nodes } = reachable(draft.graph, Object.values(draft.outputs));
  const inputs = nodes.filter((node) => isQuantised(node, draft)).map((node) => node.inputs[0] as Value);
  return [...new Set([...inputs, ...convolved(draft)])];
}

function isQuantised(node: Node, { graph, weights }: InferenceDraft): boolean {
  if (node.operator !== 'MatMul' && node.operator !== 'Conv') return false;
  const weight = node.inputs[1];
  if (weight === undefined || graph.parameters.get(weight.name)?.value !== weight) return false;
  return node.operator === 'Conv' || weights[weight.name]?.shape.length === 2;
}

/** Outputs of convolutions, or of the Relu that alone reads one. */
function convolved(draft: InferenceDraft): readonly Value[] {
  const { nodes } = reachable(draft.graph, Object.values(draft.outputs));
  const convolutions = nodes.filter((node) => node.operator === 'Conv' && isQuantised(node, draft));
  return convolutions.map((node) => {
    const output = node.outputs[0] as Value;
    const readers = nodes.filter((reader) => reader.inputs.includes(output));
    return readers.length === 1 && readers[0]?.operator === 'Relu' ? (readers[0].outputs[0] as Value) : output;
  });
}

function quantiseNode(
  node: Node,
  rewriting: Rewriting,
  activation: (value: Value, rewriting: Rewriting) => Value,
): readonly Value[] | undefined {
  if (!isQuantised(node, rewriting.draft)) return undefined;
  const { graph, mapped, weight: stored } = rewriting;
  const [input, weight, bias] = node.inputs as [Value, Value, Value | undefined];
  const values = stored(weight);
  if (values === undefined) return undefined;
  const axis = node.operator === 'Conv' ? 0 : 1;
  const quantised = quantiseWeight(values, axis, 7);
  const x = activation(input, rewriting);
  const inputs = [x, dequantised(graph, quantised, axis)];
  if (bias !== undefined) {
    const offsets = stored(bias);
    inputs.push(offsets === undefined ? mapped(bias) : quantisedBias(graph, offsets, quantised, stepOf(x)));
  }
  return graph.apply(node.operator, inputs, node.attributes);
}

/** x to 8 bits and back: what an engine sees as "this tensor may be bytes". */
function roundTrip(x: Value, [least, largest]: readonly [number, number]): Value {
  const low = Math.min(0, least);
  const step = (Math.max(0, largest) - low) / 255 || 1;
  const zero = Math.max(0, Math.min(255, Math.round(-low / step)));
  const { graph } = x;
  const constants = [graph.scalar(step), graph.scalar(zero, 'uint8')];
  const [codes] = graph.apply('QuantizeLinear', [x, ...constants], { axis: 1 }) as [Value];
  return graph.apply('DequantizeLinear', [codes, ...constants], { axis: 1 })[0] as Value;
}

function stepOf(dequantisedValue: Value): number {
  const node = dequantisedValue.graph.producer(dequantisedValue);
  return Number(node?.inputs[1]?.constant?.data[0]);
}

function dequantised(graph: Graph, { codes, steps }: QuantisedWeight, axis: number): Value {
  const zeros = tensor('int8', steps.shape, new Int8Array(steps.data.length));
  const inputs = [codes, steps, zeros].map((constant) => graph.constant(constant));
  return graph.apply('DequantizeLinear', inputs, { axis })[0] as Value;
}

/** A bias in 32 bits, in steps of the products that it is added to. */
function quantisedBias(graph: Graph, bias: Tensor, { steps }: QuantisedWeight, inputStep: number): Value {
  const scale = Float32Array.from(steps.data, (step) => step * inputStep);
  const codes = Int32Array.from(bias.data as Float32Array, (value, i) => Math.round(value / (scale[i] as number)));
  const inputs = [tensor('int32', bias.shape, codes), tensor('float32', steps.shape, scale)];
  return graph.apply(
    'DequantizeLinear',
    inputs.map((constant) => graph.constant(constant)),
    { axis: 0 },
  )[0] as Value;
}

function rangeOf(ranges: ActivationRanges, { name }: Value): readonly [number, number] {
  const range = ranges[name];
  if (range !== undefined) return range;
  throw new BioscanError(
    'mismatch',
    `graph: staticInt8, got no range of '${name}', expected one; calibrate() the same tower`,
    { name },
  );
}
