import { elementCount, type DType } from '@bioscan/core';
import { broadcastShapes, productOf, quotientOf, type Dimension } from '../shape.js';
import { broadcastOffsets, content, largestContent, type Content } from './content.js';

/** A result element, or undefined when a symbol stands in the way. */
type Element = (elements: readonly Dimension[], whole: boolean) => Dimension | undefined;

/** Elementwise operators on known tensors, broadcast; undefined when the operator is another or an element cannot be known. */
export function foldArithmetic(operator: string, inputs: readonly (Content | undefined)[]): Content | undefined {
  const rule = Object.hasOwn(rules, operator) ? rules[operator] : undefined;
  if (rule === undefined || inputs.length === 0 || inputs.includes(undefined)) return undefined;
  const known = inputs as readonly Content[];
  const shape = known.reduce<readonly number[]>(
    (sizes, item) => broadcastShapes(operator, sizes, item.shape) as readonly number[],
    [],
  );
  if (elementCount(shape) > largestContent) return undefined;
  const dtype = resultType(operator, known);
  const whole = dtype !== 'float32' && dtype !== 'float64';
  const offsets = known.map((item) => broadcastOffsets(item.shape, shape));
  const elements: Dimension[] = [];
  for (let i = 0; i < elementCount(shape); i++) {
    const result = rule(
      known.map((item, k) => item.elements[(offsets[k] as readonly number[])[i] as number] as Dimension),
      whole,
    );
    if (result === undefined) return undefined;
    elements.push(dtype === 'float32' && typeof result === 'number' ? Math.fround(result) : result);
  }
  return content(dtype, shape, elements);
}

const comparisons = ['Equal', 'Less', 'LessOrEqual', 'Greater', 'GreaterOrEqual', 'And', 'Or', 'Not'];

function resultType(operator: string, inputs: readonly Content[]): DType {
  if (comparisons.includes(operator)) return 'bool';
  return (operator === 'Where' ? inputs[1] : inputs[0])?.dtype ?? 'int64';
}

const rules: Readonly<Record<string, Element>> = {
  Add: numeric((x, y) => x + y, 0),
  Sub: numeric((x, y) => x - y, 0),
  Mul: ([x, y]) => (isNumber(x) && isNumber(y) ? x * y : symbolic(productOf([x as Dimension, y as Dimension]), [x, y])),
  Div: ([x, y], whole) => {
    if (isNumber(x) && isNumber(y)) return whole ? (y === 0 ? undefined : Math.trunc(x / y)) : x / y;
    return quotientOf(x as Dimension, y as Dimension);
  },
  Mod: numeric((x, y) => x - Math.floor(x / y) * y),
  Pow: numeric((x, y) => x ** y),
  Min: numeric((...operands) => Math.min(...operands)),
  Max: numeric((...operands) => Math.max(...operands)),
  Neg: numeric((x) => -x),
  Abs: numeric((x) => Math.abs(x)),
  Sqrt: numeric((x) => Math.sqrt(x)),
  Floor: numeric((x) => Math.floor(x)),
  Ceil: numeric((x) => Math.ceil(x)),
  Reciprocal: numeric((x) => 1 / x),
  Equal: ([x, y]) => sameElement(x as Dimension, y as Dimension),
  Less: numeric((x, y) => Number(x < y)),
  LessOrEqual: numeric((x, y) => Number(x <= y)),
  Greater: numeric((x, y) => Number(x > y)),
  GreaterOrEqual: numeric((x, y) => Number(x >= y)),
  And: numeric((x, y) => Number(x !== 0 && y !== 0)),
  Or: numeric((x, y) => Number(x !== 0 || y !== 0)),
  Not: numeric((x) => Number(x === 0)),
  Where: ([condition, x, y]) => (isNumber(condition) ? (condition === 0 ? y : x) : undefined),
};

/** A rule on numbers; with a neutral second operand it also lets a symbol through. */
function numeric(rule: (x: number, y: number) => number, neutral?: number): Element {
  return (elements) => {
    const [x, y] = elements;
    if (elements.length > 2) return undefined;
    if (elements.every(isNumber)) return rule(...(elements as [number, number]));
    return neutral !== undefined && y === neutral ? x : undefined;
  };
}

function isNumber(element: Dimension | undefined): element is number {
  return typeof element === 'number';
}

/** A size times -1 is no size. */
function symbolic(result: Dimension, operands: readonly (Dimension | undefined)[]): Dimension | undefined {
  return operands.some((operand) => isNumber(operand) && operand < 0) ? undefined : result;
}

/** A symbolic size is at least 1: it equals itself and nothing below 1; more is not known. */
function sameElement(x: Dimension, y: Dimension): number | undefined {
  if (x === y) return 1;
  if (isNumber(x) && isNumber(y)) return 0;
  const number = isNumber(x) ? x : isNumber(y) ? y : NaN;
  return number < 1 ? 0 : undefined;
}
