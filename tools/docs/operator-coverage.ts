import { operators } from '../../packages/graph/src/operators/table.js';

/** docs/operators.md: every operator of the rule table, and whether a gradient passes. */
export function operatorCoverage(): string {
  const entries = Object.entries(operators).sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = entries.map(([name, { domain, vjp }]) => [
    name,
    domain === '' ? 'ai.onnx' : domain,
    vjp === 'none' ? 'no' : 'yes',
  ]);
  const differentiable = rows.filter((row) => row[2] === 'yes').length;
  return [
    '# Operators',
    '',
    `Generated from the rule table of @bioscan/graph by \`npx tsx --conditions=@bioscan/source tools/docs/write-operators.ts\`. ${rows.length} operators, ${differentiable} with a gradient; ONNX opset 18.`,
    '',
    'Notes: gradients need fixed sizes. ScatterND replaces only: with reduction=add ONNX Runtime loses updates on several threads. The gradient of ReduceProd needs elements other than 0, of Resize no antialias, of Einsum one letter an axis. AveragePool takes no dilations.',
    '',
    '| operator | domain | gradient |',
    '| --- | --- | --- |',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
  ].join('\n');
}
