import { BioscanError } from '@bioscan/core';
import { add, cast, gelu, mul, tanh } from '../functions/elementwise.js';
import type { Value } from '../graph.js';
import { dropout } from '../layers/dropout.js';
import { applyRule } from './apply-rule.js';
import { castTarget } from './attributes.js';
import { inputContent, inputValue, type Adapter } from './node-context.js';

export const elementwiseAdapters: Readonly<Record<string, Adapter>> = {
  Identity: (context) => [inputValue(context, 0)],
  Cast: (context) => [cast(inputValue(context, 0), castTarget(context.node))],
  CastLike: (context) => [cast(inputValue(context, 0), inputValue(context, 1).dtype)],
  Pow: (context) => {
    const x = inputValue(context, 0);
    return applyRule(context, [x, cast(inputValue(context, 1), x.dtype)]);
  },
  Gelu: (context) => {
    const { approximate = 'none' } = context.node.attributes;
    const x = inputValue(context, 0);
    if (approximate === 'none') return [gelu(x)];
    if (approximate === 'tanh') return [tanhGelu(x)];
    throw new BioscanError(
      'unsupported',
      `graph: gelu, got approximate ${JSON.stringify(approximate)}, expected none or tanh`,
    );
  },
  Dropout: (context) => {
    const x = inputValue(context, 0);
    const active = context.graph.mode === 'training' && inputContent(context, 2)?.elements[0] === 1;
    return [active ? dropout(x, Number(inputContent(context, 1)?.elements[0] ?? 0.5)) : x];
  },
};

/** ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))) */
function tanhGelu(x: Value): Value {
  const cubic = mul(mul(mul(x, x), x), 0.044715);
  const bent = tanh(mul(add(x, cubic), Math.sqrt(2 / Math.PI)));
  return mul(mul(x, 0.5), add(bent, 1));
}
