import type { OperatorAttributes } from '../../src/attributes.js';
import { at, fill, filled, map, offset, type Dense } from './dense.js';

/** Plain loops over windows; pads and sizes are taken from the shapes that the rules under test say, checked against PyTorch elsewhere. */
interface Loop {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begins: readonly number[];
}

type Window = OperatorAttributes['Conv'];

function loopOf(
  attributes: Window,
  kernel: readonly number[],
  sizes: readonly number[],
  results: readonly number[],
): Loop {
  const { strides = kernel.map(() => 1), dilations = kernel.map(() => 1), pads, auto_pad: auto } = attributes;
  const totals = kernel.map((size, i) =>
    Math.max(0, (results[i]! - 1) * strides[i]! + dilations[i]! * (size - 1) + 1 - sizes[i]!),
  );
  const begins =
    auto === 'SAME_UPPER'
      ? totals.map((total) => Math.floor(total / 2))
      : auto === 'SAME_LOWER'
        ? totals.map((total) => Math.ceil(total / 2))
        : (pads?.slice(0, kernel.length) ?? kernel.map(() => 0));
  return { kernel, strides, dilations, begins };
}

/** Calls back with the input's coordinates under each element of the kernel. */
function eachTap(
  loop: Loop,
  place: readonly number[],
  tap: (input: readonly number[], kernel: readonly number[]) => void,
): void {
  fill(loop.kernel, (k) => {
    tap(
      place.map((p, i) => p * loop.strides[i]! - loop.begins[i]! + k[i]! * loop.dilations[i]!),
      k,
    );
    return 0;
  });
}

function within(place: readonly number[], sizes: readonly number[]): boolean {
  return place.every((p, i) => p >= 0 && p < sizes[i]!);
}

export function convolution(
  x: Dense,
  weight: Dense,
  bias: Dense | undefined,
  attributes: Window,
  shape: readonly number[],
): Dense {
  const group = attributes.group ?? 1;
  const loop = loopOf(attributes, weight.shape.slice(2), x.shape.slice(2), shape.slice(2));
  const [depth, width] = [weight.shape[1]!, weight.shape[0]! / group];
  return fill(shape, ([n, o, ...place]) => {
    let total = bias === undefined ? 0 : bias.data[o!]!;
    eachTap(loop, place, (input, k) => {
      if (!within(input, x.shape.slice(2))) return;
      for (let c = 0; c < depth; c++) {
        total += at(x, [n!, Math.floor(o! / width) * depth + c, ...input]) * at(weight, [o!, c, ...k]);
      }
    });
    return total;
  });
}

/** Each input element adds its multiple of the kernel to the output. */
export function transposed(
  x: Dense,
  weight: Dense,
  bias: Dense | undefined,
  attributes: OperatorAttributes['ConvTranspose'],
  shape: readonly number[],
): Dense {
  const group = attributes.group ?? 1;
  const kernel = weight.shape.slice(2);
  const base = loopOf(attributes, kernel, shape.slice(2), x.shape.slice(2));
  const asked = attributes.output_shape !== undefined || attributes.auto_pad?.startsWith('SAME') === true;
  const full = kernel.map(
    (size, i) =>
      (x.shape[i + 2]! - 1) * base.strides[i]! +
      base.dilations[i]! * (size - 1) +
      1 +
      (attributes.output_padding?.[i] ?? 0),
  );
  const totals = full.map((size, i) => size - shape[i + 2]!);
  const upper = attributes.auto_pad === 'SAME_UPPER';
  const begins = asked ? totals.map((total) => (upper ? Math.floor(total / 2) : Math.ceil(total / 2))) : base.begins;
  const [depth, width] = [x.shape[1]! / group, weight.shape[1]!];
  const result = fill(shape, ([, o]) => (bias === undefined ? 0 : bias.data[o!]!));
  fill(x.shape, (coordinates) => {
    const [n, c, ...place] = coordinates as [number, number, ...number[]];
    eachTap({ ...base, begins }, place, (output, k) => {
      if (!within(output, shape.slice(2))) return;
      for (let o = 0; o < width; o++) {
        const to = offset(shape, [n, Math.floor(c / depth) * width + o, ...output]);
        result.data[to] = result.data[to]! + at(x, coordinates) * at(weight, [c, o, ...k]);
      }
    });
    return 0;
  });
  return result;
}

export function maxPool(x: Dense, attributes: OperatorAttributes['MaxPool'], shape: readonly number[]): Dense[] {
  const loop = loopOf(attributes, attributes.kernel_shape, x.shape.slice(2), shape.slice(2));
  const places = fill(shape, ([n, c, ...place]) => {
    let best = -1;
    eachTap(loop, place, (input) => {
      if (!within(input, x.shape.slice(2))) return;
      const index = offset(x.shape, [n!, c!, ...input]);
      if (best < 0 || x.data[index]! > x.data[best]!) best = index;
    });
    return best;
  });
  return [map(places, (index) => x.data[index]!), places];
}

export function averagePool(x: Dense, attributes: OperatorAttributes['AveragePool'], shape: readonly number[]): Dense {
  const sizes = x.shape.slice(2);
  const loop = loopOf(attributes, attributes.kernel_shape, sizes, shape.slice(2));
  const totals = loop.kernel.map((size, i) => (shape[i + 2]! - 1) * loop.strides[i]! + size - sizes[i]!);
  const explicit = attributes.pads?.slice(loop.kernel.length) ?? loop.kernel.map(() => 0);
  const auto = attributes.auto_pad?.startsWith('SAME') === true;
  return fill(shape, ([n, c, ...place]) => {
    let [total, count] = [0, 0];
    eachTap(loop, place, (input) => {
      const valid = within(input, sizes);
      const padded = input.every((p, i) => {
        const end = auto ? totals[i]! - loop.begins[i]! : explicit[i]!;
        return p >= -loop.begins[i]! && p < sizes[i]! + end;
      });
      if (valid) total += at(x, [n!, c!, ...input]);
      if (valid || (attributes.count_include_pad === 1 && padded)) count++;
    });
    return total / count;
  });
}

export function globalPool(x: Dense, kind: 'average' | 'max'): Dense {
  const length = x.shape.slice(2).reduce((a, b) => a * b, 1);
  const result = filled([x.shape[0]!, x.shape[1]!, ...x.shape.slice(2).map(() => 1)], 0);
  result.data.forEach((_, i) => {
    const values = x.data.subarray(i * length, (i + 1) * length);
    result.data[i] = kind === 'max' ? Math.max(...values) : values.reduce((a, b) => a + b, 0) / length;
  });
  return result;
}

export function batchNorm(
  inputs: readonly Dense[],
  { epsilon = 1e-5, momentum = 0.9, training_mode }: OperatorAttributes['BatchNormalization'],
): Dense[] {
  const [x, scale, shift, mean, variance] = inputs as [Dense, Dense, Dense, Dense, Dense];
  const training = training_mode === 1;
  const statistics = [...scale.data.keys()].map((channel) => {
    if (!training) return [mean.data[channel]!, variance.data[channel]!] as const;
    const values: number[] = [];
    fill(x.shape, (coordinates) => {
      if (coordinates[1] === channel) values.push(at(x, coordinates));
      return 0;
    });
    const average = values.reduce((a, b) => a + b, 0) / values.length;
    return [average, values.reduce((a, b) => a + (b - average) ** 2, 0) / values.length] as const;
  });
  const y = fill(x.shape, (coordinates) => {
    const channel = coordinates[1]!;
    const [average, spread] = statistics[channel]!;
    return ((at(x, coordinates) - average) / Math.sqrt(spread + epsilon)) * scale.data[channel]! + shift.data[channel]!;
  });
  if (!training) return [y];
  const running = [mean, variance].map((before, which) => ({
    shape: before.shape,
    data: before.data.map((value, channel) => value * momentum + statistics[channel]![which]! * (1 - momentum)),
  }));
  return [y, ...running];
}

/** Each sample's channels in groups, standardised; then scaled by the number of its group. */
export function groupNorm(x: Dense, scale: Dense, shift: Dense, groups: number, epsilon: number): Dense {
  const length = x.data.length / x.shape[0]! / groups;
  const data = new Float64Array(x.data.length);
  for (let row = 0; row < x.shape[0]! * groups; row++) {
    const values = x.data.subarray(row * length, (row + 1) * length);
    const mean = values.reduce((a, b) => a + b, 0) / length;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / length;
    values.forEach((value, i) => {
      const standard = (value - mean) / Math.sqrt(variance + epsilon);
      data[row * length + i] = standard * scale.data[row % groups]! + shift.data[row % groups]!;
    });
  }
  return { shape: x.shape, data };
}
