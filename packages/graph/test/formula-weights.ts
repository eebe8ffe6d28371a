import type { Tensor } from '@bioscan/core';
import { elementCount, tensor } from '@bioscan/core';

/** Weights by a closed formula, as fixtures/oracle/graph_models.py makes them: nothing of their size is stored. */
export function formulaWeight(name: string, shape: readonly number[]): Tensor<'float32'> {
  const base = name.replace(/\.T$/, '');
  const draw = uniform(base);
  const scale = shape.length > 1 ? Math.sqrt(6 / elementCount(shape.slice(1))) : 0;
  const data = Float32Array.from({ length: elementCount(shape) }, (_, i) => {
    if (shape.length > 1) return draw(i) * scale;
    if (base.endsWith('running_var')) return 1 + 0.2 * draw(i);
    return base.endsWith('weight') ? 1 + 0.1 * draw(i) : 0.1 * draw(i);
  });
  return name === base ? tensor('float32', shape, data) : transposed(shape as readonly [number, number], data);
}

export function formulaImages(source: string, shape: readonly number[]): Tensor<'float32'> {
  const draw = uniform(source);
  return tensor(
    'float32',
    shape,
    Float32Array.from({ length: elementCount(shape) }, (_, i) => draw(i)),
  );
}

export function formulaIds(shape: readonly number[], vocabulary: number): Tensor<'int64'> {
  const draw = hashes('ids');
  return tensor(
    'int64',
    shape,
    BigInt64Array.from({ length: elementCount(shape) }, (_, i) => BigInt(draw(i) % vocabulary)),
  );
}

/** Norm and 32 products with random signs: what is kept of a gradient. */
export interface Sketch {
  readonly norm: number;
  readonly products: readonly number[];
}

/** Relative norm of the difference of a tensor from what was sketched: the products of the difference have its norm as their deviation. */
export function sketchError({ data }: Tensor, expected: Sketch, floor: number): number {
  const signs = hashes('sketch');
  const products = new Float64Array(32);
  for (let i = 0; i < data.length; i++) {
    const bits = signs(i);
    const value = data[i] as number;
    for (let k = 0; k < 32; k++) products[k] = (products[k] as number) + ((bits >>> k) & 1 ? value : -value);
  }
  const squares = expected.products.reduce((sum, product, k) => sum + ((products[k] as number) - product) ** 2, 0);
  return Math.sqrt(squares / 32) / (expected.norm + floor);
}

function uniform(name: string): (index: number) => number {
  const draw = hashes(name);
  return (index) => draw(index) / 2 ** 31 - 1;
}

/** FNV-1a of the name, then the finaliser of MurmurHash3. */
function hashes(name: string): (index: number) => number {
  let seed = 2166136261;
  for (const byte of new TextEncoder().encode(name)) seed = Math.imul(seed ^ byte, 16777619);
  return (index) => {
    let h = (seed + Math.imul(index, 0x9e3779b9)) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return (h ^ (h >>> 16)) >>> 0;
  };
}

function transposed([rows, columns]: readonly [number, number], data: Float32Array): Tensor<'float32'> {
  const turned = new Float32Array(data.length);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) turned[j * rows + i] = data[i * columns + j] as number;
  return tensor('float32', [columns, rows], turned);
}
