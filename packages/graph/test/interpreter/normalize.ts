import { at, fill, type Dense } from './dense.js';

export function softmax(x: Dense, axis: number, logarithm: boolean): Dense {
  return fill(x.shape, (at_) => {
    let total = 0;
    const own = at(x, at_);
    for (let c = 0; c < x.shape[axis]!; c++)
      total += Math.exp(
        at(
          x,
          at_.map((old, i) => (i === axis ? c : old)),
        ) - own,
      );
    return logarithm ? -Math.log(total) : 1 / total;
  });
}

export function layerNorm(x: Dense, scale: Dense, shift: Dense | undefined, epsilon: number): Dense[] {
  const width = scale.data.length;
  const y = new Float64Array(x.data.length);
  const rows = x.data.length / width;
  const [means, inverses] = [new Float64Array(rows), new Float64Array(rows)];
  for (let row = 0; row < rows; row++) {
    const values = x.data.subarray(row * width, (row + 1) * width);
    const mean = values.reduce((a, b) => a + b, 0) / width;
    const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / width;
    means[row] = mean;
    inverses[row] = 1 / Math.sqrt(variance + epsilon);
    values.forEach((value, i) => {
      y[row * width + i] = (value - mean) * inverses[row]! * scale.data[i]! + (shift?.data[i] ?? 0);
    });
  }
  const shape = x.shape.map((size, i) => (i < x.shape.length - scale.shape.length ? size : 1));
  return [
    { shape: x.shape, data: y },
    { shape, data: means },
    { shape, data: inverses },
  ];
}

export function lpNormalization(x: Dense, axis: number, p: number): Dense {
  return fill(x.shape, (at_) => {
    let total = 0;
    for (let c = 0; c < x.shape[axis]!; c++) {
      total +=
        Math.abs(
          at(
            x,
            at_.map((old, i) => (i === axis ? c : old)),
          ),
        ) ** p;
    }
    return at(x, at_) / total ** (1 / p);
  });
}
