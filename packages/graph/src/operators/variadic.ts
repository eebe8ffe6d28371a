import { add, cast, div, equal, mul } from '../functions/elementwise.js';
import type { Value } from '../graph.js';
import type { Backward, Operator, Operators } from '../operator.js';
import { broadcastShapes } from '../shape.js';
import { required, sameType } from './inputs.js';
import { unbroadcast } from './unbroadcast.js';

type Variadic = 'Min' | 'Max' | 'Sum' | 'Mean';

export const variadicOperators: Operators<Variadic> = {
  Min: variadic('Min', extremeSlopes),
  Max: variadic('Max', extremeSlopes),
  Sum: variadic('Sum', ({ inputs, cotangents }) => inputs.map(() => cotangents[0] as Value)),
  Mean: variadic('Mean', ({ inputs, cotangents }) => {
    const share = mul(cotangents[0] as Value, 1 / inputs.length);
    return inputs.map(() => share);
  }),
};

/** Inputs that equal the result share its slope, as torch's maximum. */
function extremeSlopes({ inputs, outputs, cotangents }: Backward<Variadic>): readonly Value[] {
  const g = cotangents[0] as Value;
  const hits = (inputs as readonly Value[]).map((x) => cast(equal(outputs[0] as Value, x), g.dtype));
  const share =
    hits.length === 1
      ? g
      : div(
          g,
          hits.reduce((a, b) => add(a, b)),
        );
  return hits.map((hit) => mul(share, hit));
}

function variadic(name: Variadic, slopes: (node: Backward<Variadic>) => readonly Value[]): Operator<Variadic> {
  return {
    domain: '',
    attributes: {},
    shape: (inputs) => {
      const [first, ...rest] = required(name, inputs, Math.max(inputs.length, 1)) as [Value, ...Value[]];
      for (const value of rest) sameType(name, first, value);
      return [
        {
          dtype: first.dtype,
          shape: rest.reduce((shape, value) => broadcastShapes(name, shape, value.shape), first.shape),
        },
      ];
    },
    vjp: (node) => slopes(node).map((slope, i) => unbroadcast(slope, node.inputs[i] as Value)),
  };
}
