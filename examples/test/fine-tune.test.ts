import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { smallCnn } from '../small-cnn.js';

/** Runs a script with the sources of the packages; its losses, first to last. */
function losses(
  script: string,
  words: readonly string[],
  cwd = '.',
): { readonly text: string; readonly values: readonly number[] } {
  const flags = ['--conditions=@bioscan/source', '--import', 'tsx', script, ...words];
  const result = spawnSync(process.execPath, flags, { encoding: 'utf8', timeout: 100_000, cwd });
  expect(result.status, result.stderr).toBe(0);
  return {
    text: result.stdout,
    values: [...result.stdout.matchAll(/loss ([\d.]+)/g)].map((match) => Number(match[1])),
  };
}

describe('fine-tuning an ONNX file', () => {
  it('02-fine-tune-onnx: from a file to a better file', { timeout: 120_000 }, () => {
    const out = mkdtempSync(join(tmpdir(), 'bioscan-fine-tune-'));
    try {
      const { text, values } = losses('examples/02-fine-tune-onnx.ts', ['--out', out]);
      expect(text).toContain('nothing is in the way of training');
      expect(text).toContain('(GENERATED)');
      expect(values.length).toBeGreaterThan(3);
      expect(values.at(-1) as number).toBeLessThan((values[0] as number) / 2);
      expect(existsSync(join(out, 'fine-tuned.onnx'))).toBe(true);
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  });

  it('docs/fine-tune-an-onnx-model.md runs as it stands', { timeout: 120_000 }, () => {
    const block = /```ts\n([\s\S]*?)```/.exec(readFileSync('docs/fine-tune-an-onnx-model.md', 'utf8'))?.[1] ?? '';
    // Inside the repository, so that the packages resolve.
    const folder = join('out', 'fine-tune-doc');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'encoder.onnx'), smallCnn());
    writeFileSync(join(folder, 'example.ts'), block);
    const { text, values } = losses('example.ts', [], folder);
    expect(text).toContain('in the way: []');
    expect(values).toHaveLength(4);
    expect(values.at(-1) as number).toBeLessThan((values[0] as number) / 2);
  });
});
