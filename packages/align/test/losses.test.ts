import { readFileSync } from 'node:fs';
import { tensor, type Tensor, type Tensors } from '@bioscan/core';
import { gather, inferenceGraph, inferenceModel, tower, type Tower, type Value } from '@bioscan/graph';
import { openRuntime } from '@bioscan/runtime/node';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  alignment,
  classify,
  contrast,
  identity,
  infoNce,
  infoNceLoss,
  ntXent,
  sameLabel,
  siglip,
  type AlignmentData,
  type ModalityRows,
  type Term,
} from '../src/index.js';

interface GoldenCase {
  readonly name: string;
  readonly modalities: readonly string[];
  readonly masked: boolean;
  readonly loss: number;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  readonly logitScale?: number;
  readonly logitBias?: number;
}
interface Golden {
  readonly rows: number;
  readonly width: number;
  readonly labels: readonly (string | null)[];
  readonly classes: readonly string[];
  readonly present: Readonly<Record<string, readonly number[]>>;
  readonly tables: Readonly<Record<string, readonly number[]>>;
  readonly heads: Readonly<Record<'weight' | 'bias' | 'cosine', readonly number[]>>;
  readonly cases: readonly GoldenCase[];
}
const golden = JSON.parse(readFileSync('fixtures/align/losses.json', 'utf8')) as Golden;
const { rows, width } = golden;
const labels = golden.labels.map((label) => label ?? undefined);

const runtime = openRuntime({ threads: 1 });
afterAll(() => runtime.close());

/** A tower whose vectors are its parameters: the slope by them is the slope by each vector. */
function table(values: readonly number[]): Tower<number> {
  const given = tensor('float32', [values.length / width, width], Float32Array.from(values));
  return tower({
    dimension: width,
    inputs: [{ name: 'row', dtype: 'int64', shape: ['batch'] }],
    collate: (batch) => ({ row: tensor('int64', [batch.length], BigInt64Array.from(batch, BigInt)) }),
    build: (graph, { row }) => gather(graph.parameter('table', given.shape, { initial: { given } }), row as Value),
  });
}

function numbered(present: readonly number[]): ModalityRows<number> {
  return { has: (row) => present[row] === 1, read: (chosen) => Promise.resolve(chosen) };
}

interface World {
  readonly tables: Readonly<Record<string, readonly number[]>>;
  readonly present: Readonly<Record<string, readonly number[]>>;
  readonly labels: readonly (string | undefined)[];
}

/** Loss and gradients of one batch as the step's model gives them. */
async function run(
  world: World,
  term: Term,
  chosen: readonly number[],
  batchSize = chosen.length,
  heads: Tensors = {},
): Promise<Tensors> {
  const modalities = Object.fromEntries(
    Object.entries(world.tables).map(([name, values]) => [
      name,
      { tower: table(values), projection: { kind: 'none' } } as const,
    ]),
  );
  const data: AlignmentData = {
    ids: world.labels.map((_, row) => String(row)),
    modalities: Object.fromEntries(Object.entries(world.present).map(([name, present]) => [name, numbered(present)])),
    labels: { bin: world.labels },
    hash: '',
  };
  const model = alignment({ modalities, objective: [term], width, classes: { bin: golden.classes } });
  const planned = model.step({ batchSize, seed: 0 });
  const feeds = await model.collate(data, chosen, batchSize);
  const session = await runtime.open(planned.step.model);
  const known = new Set(planned.step.parameters.map(({ name }) => name));
  const state = Object.entries({ ...planned.initial.tensors, ...heads }).filter(([name]) => known.has(name));
  const outputs = await session.run({ ...Object.fromEntries(state), ...feeds });
  await session.close();
  return outputs;
}

function numbers(found: Tensor | undefined): readonly number[] {
  expect(found).toBeDefined();
  return Array.from(found?.data as Float32Array);
}

function termOf(name: string): Term {
  const targets = name.includes('label') ? sameLabel('bin', { normalised: name.includes('normalised') }) : identity();
  if (name.startsWith('classify'))
    return classify('image', 'bin', { head: name.endsWith('cosine') ? 'cosine' : 'linear' });
  const loss = name.startsWith('nt-xent') ? ntXent() : name.startsWith('sigmoid') ? siglip() : infoNce();
  return contrast({ loss, targets });
}

function near(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  expect(largest).toBeGreaterThan(0);
  found.forEach((value, i) => {
    expect(Math.abs(value - (expected[i] ?? NaN))).toBeLessThan(1e-5 * Math.max(1e-2, largest));
  });
}

describe('losses and their gradients equal PyTorch', () => {
  let comparisons = 0;
  const heads = {
    'classifier.image.bin.weight': tensor('float32', [width, 3], Float32Array.from(golden.heads.weight)),
    'classifier.image.bin.bias': tensor('float32', [3], Float32Array.from(golden.heads.bias)),
  };
  const cosine = {
    'classifier.image.bin.weight': tensor('float32', [3, width], Float32Array.from(golden.heads.cosine)),
  };

  it.each(
    golden.cases.map(
      (one) => [`${one.name}, ${one.modalities.join('-')}${one.masked ? ', rows missing' : ''}`, one] as const,
    ),
  )('%s', async (_, { name, modalities, masked, ...expected }) => {
    const world = {
      tables: Object.fromEntries(modalities.map((modality) => [modality, golden.tables[modality] ?? []])),
      present: Object.fromEntries(
        modalities.map((modality) => [
          modality,
          masked ? (golden.present[modality] ?? []) : Array<number>(rows).fill(1),
        ]),
      ),
      labels,
    };
    const all = Array.from({ length: rows }, (__, row) => row);
    // Two rows of padding that must count for nothing.
    const batchSize = masked ? rows + 2 : rows;
    const outputs = await run(world, termOf(name), all, batchSize, name.endsWith('cosine') ? cosine : heads);
    const [loss] = numbers(outputs['loss']);
    expect(Math.abs((loss ?? NaN) - expected.loss)).toBeLessThan(2e-6 * Math.max(1, expected.loss));
    comparisons += 1;
    for (const modality of modalities) {
      near(numbers(outputs[`${modality}.tower.table#gradient`]), expected.gradients[modality] ?? []);
      comparisons += rows * width;
    }
    for (const scalar of ['logitScale', 'logitBias'] as const) {
      const value = expected[scalar];
      if (value === undefined || value === 0) continue;
      near(numbers(outputs[`${scalar === 'logitScale' ? 'logit_scale' : 'logit_bias'}#gradient`]), [value]);
      comparisons += 1;
    }
  });

  it('in more than 2,000 numbers', () => {
    expect(comparisons).toBeGreaterThan(2000);
  });
});

describe('losses as functions of two matrices', () => {
  const [n, m] = [3, 4];
  const similarity = [2, -1, 0.5, 3, 0, 1, -2, 0.25, 1, 1, 4, -3];
  const targets = [1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1];
  const indices = (size: number): number[] => Array.from({ length: size }, (_, i) => i);

  /** Σ over one axis of Y log softmax, by the definition. */
  function direction(outer: number, inner: number, at: (i: number, j: number) => number, normalised: boolean): number {
    const rowsOf = indices(outer).map((i) => {
      const total = indices(inner).reduce((sum, j) => sum + Math.exp(similarity[at(i, j)] ?? NaN), 0);
      const positives = indices(inner).reduce((sum, j) => sum + (targets[at(i, j)] ?? NaN), 0);
      const losses = indices(inner).map(
        (j) => (targets[at(i, j)] ?? NaN) * (Math.log(total) - (similarity[at(i, j)] ?? NaN)),
      );
      return losses.reduce((sum, loss) => sum + loss, 0) / (normalised ? Math.max(1, positives) : 1);
    });
    return rowsOf.reduce((sum, loss) => sum + loss, 0) / outer;
  }

  it.each([false, true])('InfoNCE takes rows and columns that differ (normalised: %s)', async (normalised) => {
    const graph = inferenceGraph();
    const [x, y] = ['similarity', 'targets'].map((name) => graph.input(name, 'float32', [n, m])) as [Value, Value];
    const loss = infoNceLoss({ similarity: x, targets: y }, { normalised });
    const session = await runtime.open(inferenceModel(graph, { outputs: { loss }, state: { step: 0, tensors: {} } }));
    const matrix = (values: readonly number[]): Tensor => tensor('float32', [n, m], Float32Array.from(values));
    const outputs = await session.run({ similarity: matrix(similarity), targets: matrix(targets) });
    await session.close();
    const byRow = direction(n, m, (i, j) => i * m + j, normalised);
    const byColumn = direction(m, n, (i, j) => j * m + i, normalised);
    expect(numbers(outputs['loss'])[0]).toBeCloseTo((byRow + byColumn) / 2, 5);
  });
});

describe('laws of a batch', () => {
  const losses = [
    'info-nce identity',
    'info-nce label',
    'info-nce label normalised',
    'sigmoid label',
    'nt-xent label normalised',
  ];
  const worlds = fc
    .record({
      name: fc.constantFrom(...losses),
      image: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      dna: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      names: fc.array(fc.constantFrom('a', 'b', 'c', undefined), { minLength: 6, maxLength: 6 }),
      order: fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
      values: fc.array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: 12 * width, maxLength: 12 * width }),
    })
    .map(({ image, dna, values, names, ...rest }) => ({
      ...rest,
      world: {
        tables: { image: values.slice(0, 6 * width), dna: values.slice(6 * width) },
        present: { image: image.map(Number), dna: dna.map(Number) },
        labels: names,
      } satisfies World,
    }));

  it('rows may come in any order, and missing ones are as if they were not there', async () => {
    await fc.assert(
      fc.asyncProperty(worlds, async ({ name, world, order }) => {
        const term = termOf(name);
        const whole = await run(world, term, [0, 1, 2, 3, 4, 5]);
        const shuffled = await run(world, term, order, 8);
        const both = [0, 1, 2, 3, 4, 5].filter((row) => world.present.image[row] === 1 && world.present.dna[row] === 1);
        expect(Number(whole['loss']?.data[0])).toBeCloseTo(Number(shuffled['loss']?.data[0]), 4);
        for (const part of both.length < 2 ? [] : [await run(world, term, both)]) {
          expect(Number(whole['loss']?.data[0])).toBeCloseTo(Number(part['loss']?.data[0]), 4);
        }
        if (both.length === 0) expect(Number(whole['loss']?.data[0])).toBe(0);
        const slopes = numbers(whole['image.tower.table#gradient']);
        for (const row of [0, 1, 2, 3, 4, 5].filter((one) => !both.includes(one))) {
          expect(slopes.slice(row * width, (row + 1) * width).map(Math.abs)).toEqual(Array<number>(width).fill(0));
        }
        expect(slopes.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  it('the logit scale never exceeds its bound, and leads back from beyond it', async () => {
    const world: World = {
      tables: { image: golden.tables['image'] ?? [], dna: golden.tables['dna'] ?? [] },
      present: { image: [1, 1, 1], dna: [1, 1, 1] },
      labels: [undefined, undefined, undefined],
    };
    const at = async (exponent: number): Promise<[number, number]> => {
      const outputs = await run(world, contrast(), [0, 1, 2], 3, {
        logit_scale: tensor('float32', [], Float32Array.of(exponent)),
      });
      return [Number(outputs['logitScale']?.data[0]), Number(outputs['logit_scale#gradient']?.data[0])];
    };
    const bound = Math.log(100);
    const [below, above, far] = [await at(bound - 0.5), await at(bound + 0.5), await at(bound + 40)];
    expect(below[0]).toBeCloseTo(100 * Math.exp(-0.5), 3);
    expect(above[0]).toBeCloseTo(below[0], 3);
    expect(above[1]).toBeCloseTo(-below[1], 4);
    expect(far[0]).toBeLessThan(1);
  });
});
