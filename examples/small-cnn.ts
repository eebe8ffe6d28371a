import { rng } from '@bioscan/core';
import { inferenceGraph, inferenceModel, initialState, mean, relu, type Graph, type Value } from '@bioscan/graph';

/** A convolutional encoder with random weights as ONNX bytes: images (batch, 3, 16, 16) to features (batch, 24). */
export function smallCnn(size = 16): Uint8Array {
  const graph = inferenceGraph();
  const images = graph.input('images', 'float32', ['batch', 3, size, size]);
  const first = relu(convolution(graph, images, 'block1', [12, 3, 3, 3], 2));
  const second = relu(convolution(graph, first, 'block2', [24, 12, 3, 3], 2));
  const features = mean(second, { axes: [2, 3] });
  return inferenceModel(graph, { outputs: { features }, state: initialState(graph, rng(11)) });
}

function convolution(graph: Graph, x: Value, name: string, shape: readonly number[], stride: number): Value {
  const fan = shape.slice(1).reduce((a, b) => a * b, 1);
  const weight = graph.parameter(`${name}.weight`, shape, { initial: { uniform: Math.sqrt(6 / fan) } });
  const bias = graph.parameter(`${name}.bias`, shape.slice(0, 1), { initial: 'zeros' });
  const [result] = graph.apply('Conv', [x, weight, bias], { pads: [1, 1, 1, 1], strides: [stride, stride] });
  return result as Value;
}
