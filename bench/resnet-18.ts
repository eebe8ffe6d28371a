import { conv, globalAveragePool, maxPool, relu, reshape, add, type Graph, type Value } from '@bioscan/graph';

/** ResNet-18 (He et al. 2016) without its classifier, with frozen normalisation statistics: (n, 3, 224, 224) to (n, 512). */
export function resnet18(pixels: Value): Value {
  const stem = relu(normalised(convolution(pixels, 'conv1', 64, 7, 2), 'bn1'));
  let x = maxPool(stem, 3, { strides: 2, padding: 1 });
  for (const [stage, width] of [64, 128, 256, 512].entries()) {
    for (const block of [0, 1])
      x = basicBlock(x, `layer${stage + 1}.${block}`, width, stage > 0 && block === 0 ? 2 : 1);
  }
  return reshape(globalAveragePool(x), [-1, 512]);
}

function basicBlock(x: Value, name: string, width: number, strides: number): Value {
  const first = relu(normalised(convolution(x, `${name}.conv1`, width, 3, strides), `${name}.bn1`));
  const second = normalised(convolution(first, `${name}.conv2`, width, 3, 1), `${name}.bn2`);
  const shortcut =
    strides === 1 ? x : normalised(convolution(x, `${name}.downsample.0`, width, 1, strides), `${name}.downsample.1`);
  return relu(add(second, shortcut));
}

function convolution(x: Value, name: string, width: number, kernel: number, strides: number): Value {
  const inputs = x.shape[1] as number;
  const initial = { normal: Math.sqrt(2 / (width * kernel * kernel)) };
  const weight = x.graph.parameter(`${name}.weight`, [width, inputs, kernel, kernel], { initial });
  return conv(x, weight, undefined, { strides, padding: (kernel - 1) / 2 });
}

function normalised(x: Value, name: string): Value {
  const { graph }: { graph: Graph } = x;
  const vector = (part: string, initial: 'ones' | 'zeros'): Value =>
    graph.parameter(`${name}.${part}`, [x.shape[1] as number], { initial });
  const inputs = [
    x,
    vector('weight', 'ones'),
    vector('bias', 'zeros'),
    vector('running_mean', 'zeros'),
    vector('running_var', 'ones'),
  ];
  return graph.apply('BatchNormalization', inputs, { epsilon: 1e-5, momentum: 0.9, training_mode: 0 })[0] as Value;
}
