import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sourceStamp, workerFile } from '../src/node/worker-file.js';

describe('the worker file', () => {
  it('lies beside the built module', () => {
    expect(workerFile('file:///app/node_modules/@bioscan/runtime/dist/node.js').pathname).toMatch(/dist\/worker\.js$/);
  });

  it('is refused from sources when it is not built or built from others', async () => {
    const home = await mkdtemp(join(tmpdir(), 'bioscan-worker-'));
    for (const folder of ['src/worker', 'src/kernel', 'src/generated', 'dist'])
      await mkdir(join(home, folder), { recursive: true });
    await writeFile(join(home, 'src/worker.ts'), 'one');
    const module = pathToFileURL(join(home, 'src/node/open-runtime.ts')).href;
    expect(() => workerFile(module)).toThrow(/not built; run 'pnpm build'/);

    const stamp = sourceStamp(pathToFileURL(join(home, 'src/')));
    await writeFile(join(home, 'dist/worker.js'), `import 'x';\n// sources ${stamp}\n`);
    expect(workerFile(module).pathname).toMatch(/dist\/worker\.js$/);
    await writeFile(join(home, 'src/kernel/new.ts'), 'two');
    expect(() => workerFile(module)).toThrow(/other sources; run 'pnpm build'/);
    await rm(home, { recursive: true });
  });
});

describe('a process that ends while the engine works', () => {
  const entry = pathToFileURL('packages/runtime/dist/node.js').href;
  const start = `
    import { readFileSync } from 'node:fs';
    import { openRuntime } from ${JSON.stringify(entry)};
    const runtime = openRuntime({ threads: 1 });
    const session = await runtime.open(new Uint8Array(readFileSync('fixtures/runtime/slow.onnx')));
    const feeds = (rounds) => ({
      rounds: { dtype: 'int64', shape: [], data: BigInt64Array.of(rounds) },
      x: { dtype: 'float32', shape: [256, 256], data: new Float32Array(65536) },
    });
    session.run(feeds(700n)).catch(() => {});`;

  it.each([
    ['by process.exit', 'setTimeout(() => process.exit(3), 30);', 3],
    ['by an uncaught error', "setTimeout(() => { throw new Error('mine'); }, 30);", 1],
    ['by itself, without close', "await session.run(feeds(1n)); console.log('done');", 0],
  ])('%s has its own exit code, and no crash', (_, end, code) => {
    const result = spawnSync(process.execPath, ['--input-type=module', '-e', start + end], { encoding: 'utf8' });
    expect(result.signal).toBeNull();
    expect(result.status).toBe(code);
  });
});
