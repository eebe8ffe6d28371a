import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isBioscanError, tensor, type Tensor } from '@bioscan/core';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeModel } from '../src/encode-model.js';
import { applyOnnx, describeOnnx, inferenceGraph, readOnnx } from '../src/index.js';
import { readOnnxFile } from '../src/node.js';
import { readBytes, readGolden, relativeError, type Described } from './golden.js';
import { floatInitializer, floatType, node, onnxFile, type OnnxParts, type TensorInit } from './onnx-file.js';
import { runModel } from './session.js';

async function errorOf(action: () => unknown): Promise<{ readonly code: string; readonly message: string }> {
  try {
    await action();
  } catch (error) {
    if (isBioscanError(error)) return error;
    throw error;
  }
  return { code: 'none', message: '' };
}

describe('a file as Python wrote it', () => {
  it('has every element type, however it is stored', () => {
    const numbers = readGolden('onnx/types.json') as Readonly<Record<string, readonly string[]>>;
    const model = readOnnx(readBytes('onnx/types.onnx'));
    expect([...model.initializers.keys()]).toEqual(Object.keys(numbers));
    for (const [name, { dtype, data }] of model.initializers) {
      expect(dtype, name).toBe(
        /float|half|scalar|empty/.test(name) ? 'float32' : name.split(' ')[0]?.replace('double', 'float64'),
      );
      expect(Array.from(data as Float32Array, Number), name).toEqual(
        (numbers[name] ?? []).map((text) => Number(text.replace('inf', 'Infinity'))),
      );
    }
    expect(model.widened).toEqual(['half raw', 'half list', 'bfloat list']);
    expect(model.inputs).toEqual([{ name: 'x', dtype: 'float32', shape: ['n', 3] }]);
  });

  it('reads the same at any offset of its buffer', () => {
    const bytes = readBytes('onnx/types.onnx');
    const expected = readOnnx(Uint8Array.from(bytes)).initializers;
    for (let shift = 0; shift < 8; shift++) {
      const moved = Buffer.alloc(bytes.length + shift);
      moved.set(bytes, shift);
      expect(readOnnx(moved.subarray(shift)).initializers).toEqual(expected);
    }
  });

  it('has its own functions inlined', async () => {
    const golden = readGolden('onnx/functions.json') as Readonly<Record<'x' | 'y', Described>>;
    const model = readOnnx(readBytes('onnx/functions.onnx'));
    expect(model.operators).toEqual({ Constant: 4, Mul: 4, Add: 2, Identity: 2 });
    const graph = inferenceGraph();
    const { y } = applyOnnx(model, { x: graph.input('x', 'float32', ['n', 3]) }, { outputs: ['y'], trainable: false });
    const x = tensor('float32', golden.x.shape, Float32Array.from(golden.x.data));
    const results = await runModel(encodeModel(graph, { outputs: new Map([['y', y]]) }), { x });
    expect(relativeError(results['y'] as Tensor, golden.y)).toBeLessThan(1e-6);
  });

  it('can be printed', () => {
    const model = readOnnx(readBytes('models/bert-dynamo.onnx'), {
      external: ({ expected }) => new Uint8Array(expected),
    });
    expect(model.opset).toBe(20);
    expect(model.operators['MatMul']).toBe(24);
    expect(describeOnnx(model)).toMatch(/ONNX model of pytorch .*, opset 20\n {2}input {2}ids: int64 \(batch, 24\)\n/);
    expect(describeOnnx(model)).toMatch(/24 MatMul/);
  });
});

describe('external data', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bioscan-onnx-'));
  const inside = join(folder, 'model');
  mkdirSync(inside);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const fixture = (name: string): URL => new URL(`../../../fixtures/graph/onnx/${name}`, import.meta.url);
  copyFileSync(fixture('weights.bin'), join(folder, 'outside.bin'));
  symlinkSync('../outside.bin', join(inside, 'link.bin'));
  symlinkSync('..', join(inside, 'up'));

  function fileWith(data: Readonly<Record<string, string>>): string {
    const externalData = Object.entries(data).map(([key, value]) => ({ key, value }));
    const w: TensorInit = { name: 'w', dataType: 1, dims: [2n, 3n], dataLocation: 1, externalData };
    const path = join(inside, 'model.onnx');
    writeFileSync(path, onnxFile({ initializers: [w], outputs: ['w'] }));
    return path;
  }

  it('is read from beside the model', async () => {
    const { initializers } = await readOnnxFile(new URL(fixture('external.onnx')).pathname);
    expect(Array.from(initializers.get('w')?.data as Float32Array)).toEqual([0, 0.25, 0.5, 0.75, 1, 1.25]);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a missing file', { location: 'nothing.bin' }, 'not-found'],
    ['no location', { offset: '0' }, 'bad-file'],
    ['a way out of the folder', { location: '../outside.bin' }, 'bad-input'],
    ['a way out and back', { location: 'up/outside.bin' }, 'bad-input'],
    ['a link out of the folder', { location: 'link.bin' }, 'bad-input'],
    ['an absolute path', { location: join(folder, 'outside.bin') }, 'bad-input'],
    ['a path of another system', { location: 'C:\\weights.bin' }, 'bad-input'],
    ['the folder itself', { location: '.' }, 'bad-input'],
    ['a zero byte', { location: 'a\0b' }, 'bad-input'],
    ['an offset beyond the file', { location: 'model.onnx', offset: '9999' }, 'truncated'],
    ['a negative offset', { location: 'model.onnx', offset: '-1' }, 'bad-file'],
    ['an offset that is no number', { location: 'model.onnx', offset: '1e3' }, 'bad-file'],
    ['another length', { location: 'model.onnx', length: '20' }, 'bad-file'],
  ])('refuses %s', async (_what, data, code) => {
    const error = await errorOf(() => readOnnxFile(fileWith(data)));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(/tensor 'w'/);
  });

  it('is asked for where there is no folder', async () => {
    const error = await errorOf(() => readOnnx(readBytes('onnx/external.onnx')));
    expect([error.code, error.message]).toEqual(['not-found', expect.stringContaining("'weights.bin'")]);
  });

  it('says when the model itself is not there', async () => {
    expect((await errorOf(() => readOnnxFile(join(folder, 'none.onnx')))).code).toBe('not-found');
  });
});

const x = { x: ['n', 3] };
const w = floatInitializer('w', [2], [1, 2]);
const bad: readonly (readonly [string, OnnxParts, string, RegExp])[] = [
  ['no graph', { model: { graph: undefined } }, 'bad-file', /no graph/],
  ['an old opset', { opset: 12n }, 'unsupported', /opset 12, expected 13/],
  ['no opset', { model: { opsetImport: [] } }, 'unsupported', /opset 0/],
  ['a tensor twice', { initializers: [w, w] }, 'bad-file', /tensor 'w'/],
  ['a tensor without a name', { initializers: [{ ...w, name: '' }] }, 'bad-file', /tensor ''/],
  ['too few numbers', { initializers: [{ ...w, dims: [3n] }] }, 'bad-file', /tensor 'w', got 8 bytes.*expected 12/],
  ['too many numbers', { initializers: [{ ...w, dims: [1n] }] }, 'bad-file', /tensor 'w', got 8 bytes.*expected 4/],
  ['a negative size', { initializers: [{ ...w, dims: [-2n] }] }, 'bad-file', /tensor 'w', got size -2/],
  ['sizes that overflow', { initializers: [{ ...w, dims: [2n ** 40n, 2n ** 40n] }] }, 'bad-file', /tensor 'w'.*2\^53/],
  [
    'varints that do not count up',
    { initializers: [{ name: 'i', dataType: 7, dims: [3n], int64Data: Uint8Array.of(1, 2) }] },
    'bad-file',
    /tensor 'i', got 2 elements, expected 3/,
  ],
  [
    'a varint without an end',
    { initializers: [{ name: 'i', dataType: 7, dims: [1n], int64Data: Uint8Array.of(1, 0x80) }] },
    'bad-file',
    /tensor 'i'/,
  ],
  [
    'a bool of 2',
    { initializers: [{ name: 'b', dataType: 9, dims: [1n], rawData: Uint8Array.of(2) }] },
    'bad-file',
    /tensor 'b'.*bool/,
  ],
  [
    'strings',
    { initializers: [{ name: 's', dataType: 8, dims: [0n] }] },
    'unsupported',
    /tensor 's', got ONNX element type 8/,
  ],
  [
    '4-bit integers',
    { initializers: [{ name: 'q', dataType: 22, dims: [2n], rawData: Uint8Array.of(1) }] },
    'unsupported',
    /tensor 'q'/,
  ],
  ['sparse tensors', { graph: { sparseInitializer: [{}] } }, 'unsupported', /sparse/],
  ['an input that is no tensor', { graph: { input: [{ name: 'x' }] } }, 'unsupported', /value 'x'/],
  [
    'an input twice',
    {
      graph: {
        input: [
          { name: 'x', type: floatType([1]) },
          { name: 'x', type: floatType([1]) },
        ],
      },
    },
    'bad-file',
    /'x'.*twice/,
  ],
  ['an output that nothing makes', { outputs: ['y'] }, 'bad-file', /output 'y'/],
  [
    'an input of a node that nothing makes',
    { nodes: [node('Relu', ['a'], ['b'])] },
    'bad-file',
    /node 'Relu → b', got input 'a'/,
  ],
  [
    'a value made twice',
    { inputs: x, nodes: [node('Relu', ['x'], ['b']), node('Exp', ['x'], ['b'])] },
    'bad-file',
    /node 'Exp → b'/,
  ],
  ['a value made over an input', { inputs: x, nodes: [node('Relu', ['x'], ['x'])] }, 'bad-file', /'x'/],
  [
    'a cycle',
    { inputs: x, nodes: [{ ...node('Add', ['x', 'b'], ['a']), name: 'first' }, node('Relu', ['a'], ['b'])] },
    'bad-file',
    /node 'first', got a cycle/,
  ],
  [
    'a node without an operator',
    { nodes: [{ ...node('', [], ['a']), name: 'nameless' }] },
    'bad-file',
    /node 'nameless'/,
  ],
  [
    'an attribute twice',
    {
      inputs: x,
      nodes: [
        node(
          'Exp',
          ['x'],
          ['a'],
          [
            { name: 'k', i: 1n },
            { name: 'k', i: 2n },
          ],
        ),
      ],
    },
    'bad-file',
    /attribute twice/,
  ],
  [
    'an attribute of no kind',
    { inputs: x, nodes: [node('Exp', ['x'], ['a'], [{ name: 'k', type: 13 }])] },
    'unsupported',
    /attribute 'k' of type 13/,
  ],
  [
    'a function that calls itself',
    {
      inputs: x,
      nodes: [{ ...node('F', ['x'], ['y']), domain: 'own' }],
      model: {
        functions: [
          {
            name: 'F',
            domain: 'own',
            input: ['a'],
            output: ['b'],
            node: [{ ...node('F', ['a'], ['b']), domain: 'own' }],
          },
        ],
      },
    },
    'bad-file',
    /function 'F'/,
  ],
];

describe('a bad file', () => {
  it.each(bad)('with %s is refused by name', async (_what, parts, code, message) => {
    const error = await errorOf(() => readOnnx(onnxFile(parts)));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('of functions that double at each level ends in an error, not in the memory', async () => {
    const functions = Array.from({ length: 28 }, (_, level) => ({
      name: `F${level}`,
      domain: 'own',
      input: ['a'],
      output: ['c'],
      node: ['a', 'b'].map((from, i) => ({
        ...node(level === 0 ? 'Relu' : `F${level - 1}`, [from], [i === 0 ? 'b' : 'c']),
        domain: level === 0 ? '' : 'own',
      })),
    }));
    const bytes = onnxFile({
      inputs: x,
      nodes: [{ ...node('F27', ['x'], ['y']), domain: 'own' }],
      model: { functions },
    });
    expect((await errorOf(() => readOnnx(bytes))).message).toMatch(/more than 100000 nodes/);
  });

  it('that is cut anywhere is refused', async () => {
    const bytes = readBytes('onnx/types.onnx');
    for (let length = 0; length < bytes.length; length++) {
      const { code } = await errorOf(() => readOnnx(bytes.subarray(0, length)));
      expect(['truncated', 'bad-file', 'unsupported'], `${length} bytes`).toContain(code);
    }
  });

  it('of text is refused', async () => {
    expect(
      (await errorOf(() => readOnnx(new TextEncoder().encode('version https://git-lfs.github.com/spec/v1')))).code,
    ).toBe('bad-file');
  });

  it('out of order is sorted', () => {
    const nodes = [node('Relu', ['b'], ['y']), node('Exp', ['x'], ['b'])];
    expect(readOnnx(onnxFile({ inputs: x, outputs: ['y'], nodes })).nodes.map(({ operator }) => operator)).toEqual([
      'Exp',
      'Relu',
    ]);
  });
});
