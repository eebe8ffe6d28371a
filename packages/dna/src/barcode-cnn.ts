import { rng, tensor, type Runtime, type Tensor, type Tensors, type TrainingState } from '@bioscan/core';
import {
  batchNorm,
  batchNormTraining,
  batchSymbol,
  convolution,
  groupNormalization,
  inferenceGraph,
  inferenceModel,
  initialStateOf,
  linear,
  maxPool,
  relu,
  reshape,
  tanh,
  tower,
  type Tower,
  type Value,
  type Values,
} from '@bioscan/graph';
import { baseIndex } from './alphabet.js';

export interface BarcodeCnnOptions {
  /** Letters read; longer barcodes are cut, shorter ones end in N. Default 660. */
  readonly letters?: number;
  /** Channels of the blocks, each of which thirds the length. Default 64, 32, 16. */
  readonly widths?: readonly number[];
  /** Width of the vectors. Default 500. */
  readonly dimension?: number;
  /**
   * `batch`: as published; training reads the batch's own statistics, and {@link settleStatistics} must follow it.
   * `group`: groups of 8 channels; a vector never depends on its batch, so that gradients may be cached. Default `batch`.
   */
  readonly normalisation?: 'batch' | 'group';
}

/** The convolutional baseline as a tower of barcodes. Its input is `letters` (batch, 1, letters, 5): one-hot A, C, G, T, N. */
export interface BarcodeCnn extends Tower<string> {
  readonly options: Required<BarcodeCnnOptions>;
}

/**
 * The convolutional network of the BarcodeBERT papers: three blocks of [3 x 1 convolution, ReLU, normalisation, max pooling by 3], normalisation,
 * a linear layer and tanh, whose outputs are the vector; 0.97 million parameters. A letter that names no one base is read as N.
 * Parameters `blocks.i.conv`, `blocks.i.norm`, `norm`, `fc`. Source: BarcodeBERT baselines (Millan Arias et al. 2023).
 */
export function barcodeCnn(options: BarcodeCnnOptions = {}): BarcodeCnn {
  const { letters = 660, widths = [64, 32, 16], dimension = 500, normalisation = 'batch' } = options;
  const settled = { letters, widths, dimension, normalisation };
  checkOptions(settled);
  const built = tower<string>({
    dimension,
    inputs: [{ name: 'letters', dtype: 'float32', shape: [batchSymbol, 1, letters, 5] }],
    notes: settled,
    collate: (batch) => ({ letters: oneHot(batch, letters) }),
    build: (_, values) => states(values, settled),
  });
  return { ...built, options: settled };
}

/**
 * Running statistics for a state trained with batch statistics: the mean over batches of each normalisation's own mean and unbiased variance
 * under the trained parameters. Returns the state with them added, ready for exportEncoder(). One pass over the barcodes.
 */
export async function settleStatistics(
  cnn: BarcodeCnn,
  state: TrainingState,
  barcodes: readonly string[],
  runtime: Runtime,
  batchSize = 128,
): Promise<TrainingState> {
  if (cnn.options.normalisation !== 'batch') return state;
  const size = Math.min(batchSize, barcodes.length);
  if (size < 2) throw new RangeError(`dna: settleStatistics, got ${barcodes.length} barcodes, expected 2 or more`);
  const session = await runtime.open(statisticsModel(cnn, state, size));
  try {
    const sums = new Map<string, Float64Array>();
    const batches = Math.floor(barcodes.length / size);
    for (let batch = 0; batch < batches; batch++) {
      addTo(sums, await session.run(cnn.collate(barcodes.slice(batch * size, (batch + 1) * size))));
    }
    const means = [...sums].map(([name, sum]) => [name.slice(0, -'#batch'.length), meanOf(sum, batches)] as const);
    return { ...state, tensors: { ...state.tensors, ...Object.fromEntries(means) } };
  } finally {
    await session.close();
  }
}

/** A model that puts out the statistics of its batch, by the names of the running ones and `#batch`. */
function statisticsModel(cnn: BarcodeCnn, state: TrainingState, rows: number): Uint8Array {
  const graph = inferenceGraph();
  const letters = graph.input('letters', 'float32', [rows, 1, cnn.options.letters, 5]);
  const outputs: Record<string, Value> = {};
  states({ letters }, cnn.options, (name, value) => (outputs[`${name}#batch`] = value));
  const fresh = initialStateOf(cnn.parameters, rng(0)).tensors;
  return inferenceModel(graph, { outputs, state: { ...state, tensors: { ...fresh, ...state.tensors } } });
}

type OnStatistic = (name: string, value: Value) => void;

function states({ letters }: Values, options: Required<BarcodeCnnOptions>, onStatistic?: OnStatistic): Value {
  const { widths, dimension, normalisation } = options;
  const normalised = (x: Value, name: string): Value =>
    normalisation === 'group' ? groupNormalization(x, name, 8) : batchNormalised(x, name, onStatistic);
  const last = widths.reduce((x, width, i) => {
    const filtered = relu(convolution(x, `blocks.${i}.conv`, width, { kernel: [3, 1], padding: [1, 0] }));
    return maxPool(normalised(filtered, `blocks.${i}.norm`), [3, 1], { strides: [3, 1] });
  }, letters as Value);
  const [, channels, length, columns] = last.shape as [unknown, number, number, number];
  const flat = reshape(last, [last.shape[0] ?? batchSymbol, channels * length * columns]);
  return tanh(linear(normalised(flat, 'norm'), 'fc', dimension));
}

function batchNormalised(x: Value, name: string, onStatistic?: OnStatistic): Value {
  const channels = [x.shape[1] as number];
  const parameter = (part: string, initial: 'ones' | 'zeros', frozen: boolean): Value =>
    x.graph.parameter(`${name}.${part}`, channels, { initial, frozen });
  const statistics = {
    scale: parameter('weight', 'ones', false),
    shift: parameter('bias', 'zeros', false),
    mean: parameter('running_mean', 'zeros', true),
    variance: parameter('running_var', 'ones', true),
  };
  if (x.graph.mode === 'inference' && onStatistic === undefined) return batchNorm(x, statistics);
  const { output, mean, variance } = batchNormTraining(x, statistics, { momentum: 1 });
  onStatistic?.(`${name}.running_mean`, mean);
  onStatistic?.(`${name}.running_var`, variance);
  return output;
}

function oneHot(barcodes: readonly string[], letters: number): Tensor<'float32'> {
  const data = new Float32Array(barcodes.length * letters * 5);
  barcodes.forEach((barcode, i) => {
    for (let at = 0; at < letters; at++) {
      const base = at < barcode.length ? baseIndex(barcode.charCodeAt(at)) : -1;
      data[(i * letters + at) * 5 + (base < 0 ? 4 : base)] = 1;
    }
  });
  return tensor('float32', [barcodes.length, 1, letters, 5], data);
}

function addTo(sums: Map<string, Float64Array>, outputs: Tensors): void {
  for (const [name, { data }] of Object.entries(outputs)) {
    const sum = sums.get(name) ?? new Float64Array(data.length);
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + Number(data[i]);
    sums.set(name, sum);
  }
}

function meanOf(sum: Float64Array, batches: number): Tensor<'float32'> {
  return tensor(
    'float32',
    [sum.length],
    Float32Array.from(sum, (value) => value / batches),
  );
}

function checkOptions({ letters, widths, normalisation }: Required<BarcodeCnnOptions>): void {
  if (widths.length === 0 || letters < 3 ** widths.length) {
    throw new RangeError(
      `dna: barcodeCnn of ${letters} letters and ${widths.length} blocks, expected a length that remains`,
    );
  }
  if (normalisation === 'group' && widths.some((width) => width % 8 !== 0)) {
    throw new RangeError(`dna: barcodeCnn of ${widths.join(', ')} channels, expected multiples of 8 for groups`);
  }
}
