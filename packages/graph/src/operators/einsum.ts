import { BioscanError } from '@bioscan/core';
import { matmul } from '../functions/matmul.js';
import { reshape, transpose } from '../functions/layout.js';
import { sum } from '../functions/reduce.js';
import type { Value } from '../graph.js';
import type { Operators } from '../operator.js';
import { productOf, type Dimension } from '../shape.js';
import { required } from './inputs.js';

/** A value with a letter an axis. */
interface Labelled {
  readonly value: Value;
  readonly letters: string;
}

export const einsumOperators: Operators<'Einsum'> = {
  Einsum: {
    domain: '',
    attributes: { equation: 'string' },
    shape: (inputs, { equation }) => {
      const values = required('einsum', inputs, Math.max(1, inputs.length)) as [Value, ...Value[]];
      const { terms, result } = parse(equation, values);
      const sizes = new Map<string, Dimension>();
      terms.forEach(({ value, letters }) => {
        [...letters].forEach((letter, axis) => {
          const size = value.shape[axis] as Dimension;
          if ((sizes.get(letter) ?? size) !== size) throw invalid(equation, `sizes of '${letter}' that agree`);
          sizes.set(letter, size);
        });
      });
      return [{ dtype: values[0].dtype, shape: [...result].map((letter) => sizes.get(letter) as Dimension) }];
    },
    vjp: ({ inputs, attributes: { equation }, through }) =>
      through(() => [lowered(equation, inputs as readonly Value[])]),
  },
};

/** The same sum as transposes and matrix products, two values at a time. */
function lowered(equation: string, inputs: readonly Value[]): Value {
  const { terms, result } = parse(equation, inputs);
  const [first, ...rest] = terms as [Labelled, ...Labelled[]];
  const product = rest.reduce((left, right, i) => {
    const later =
      rest
        .slice(i + 1)
        .map((term) => term.letters)
        .join('') + result;
    return contracted(left, right, later);
  }, first);
  const { value, letters } = summed(product, result);
  return transpose(
    value,
    [...result].map((letter) => letters.indexOf(letter)),
  );
}

/** Letters of both that are needed later are batch, those of both that are not are summed. */
function contracted(x: Labelled, y: Labelled, later: string): Labelled {
  const left = summed(x, y.letters + later);
  const right = summed(y, x.letters + later);
  const shared = [...left.letters].filter((letter) => right.letters.includes(letter));
  const batch = shared.filter((letter) => later.includes(letter)).join('');
  const inner = shared.filter((letter) => !later.includes(letter)).join('');
  const rows = without(left.letters, batch + inner);
  const columns = without(right.letters, batch + inner);
  const [a, b] = [matrices(left, batch, rows, inner), matrices(right, batch, inner, columns)];
  const sizes = [...(batch + rows + columns)].map((letter) => sizeOf(left, letter) ?? sizeOf(right, letter) ?? 1);
  return { value: reshape(matmul(a, b), sizes), letters: batch + rows + columns };
}

/** (batch, rows, columns), each a product of axes. */
function matrices({ value, letters }: Labelled, batch: string, rows: string, columns: string): Value {
  const ordered = transpose(
    value,
    [...(batch + rows + columns)].map((letter) => letters.indexOf(letter)),
  );
  const sizes = [batch, rows, columns].map((part) =>
    productOf([...part].map((letter) => value.shape[letters.indexOf(letter)] as Dimension)),
  );
  return reshape(ordered, sizes);
}

/** Sums over the axes whose letters nobody else has. */
function summed({ value, letters }: Labelled, needed: string): Labelled {
  const kept = [...letters].filter((letter) => needed.includes(letter)).join('');
  const axes = [...letters].flatMap((letter, axis) => (needed.includes(letter) ? [] : [axis]));
  return { value: sum(value, { axes }), letters: kept };
}

function parse(equation: string, inputs: readonly Value[]): { terms: readonly Labelled[]; result: string } {
  const [left = '', right] = equation.replaceAll(' ', '').split('->');
  const lists = left.split(',');
  const all = lists.join('');
  const once = [...new Set(all)].filter((letter) => all.split(letter).length === 2).sort((a, b) => (a < b ? -1 : 1));
  const result = right ?? once.join('');
  const fits = lists.length === inputs.length && lists.every((list, i) => list.length === inputs[i]?.shape.length);
  if (!/^[A-Za-z,]*$/.test(left + result) || lists.some((list) => new Set(list).size < list.length) || !fits) {
    throw invalid(equation, 'one letter an axis, none twice in a term, no ellipsis');
  }
  return { terms: lists.map((letters, i) => ({ value: inputs[i] as Value, letters })), result };
}

function sizeOf({ value, letters }: Labelled, letter: string): Dimension | undefined {
  const axis = letters.indexOf(letter);
  return axis < 0 ? undefined : value.shape[axis];
}

function without(letters: string, others: string): string {
  return [...letters].filter((letter) => !others.includes(letter)).join('');
}

function invalid(equation: string, expected: string): BioscanError {
  return new BioscanError('unsupported', `graph: einsum, got '${equation}', expected ${expected}`);
}
