import { readFileSync } from 'node:fs';
import { elementCount, rng, type Tensor, type Tensors } from '@bioscan/core';
import { barcodeCnn, settleStatistics } from '@bioscan/dna';
import {
  decodeSafetensors,
  exportEncoder,
  initialStateOf,
  mean,
  mul,
  sgd,
  sub,
  towerInputs,
  trainingGraph,
  trainingStep,
} from '@bioscan/graph';
import { openRuntime, type EngineRuntime } from '@bioscan/runtime/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const golden = JSON.parse(readFileSync('fixtures/dna/barcode-cnn.json', 'utf8')) as {
  barcodes: string[];
  loss: number;
};
const { tensors } = decodeSafetensors(new Uint8Array(readFileSync('fixtures/dna/barcode-cnn.safetensors')));
const cnn = barcodeCnn({ letters: 90, widths: [16, 8, 8], dimension: 24 });
const trained = { step: 0, tensors: below('parameter/') };
let runtime: EngineRuntime;
beforeAll(() => (runtime = openRuntime()));
afterAll(() => runtime.close());

describe('barcodeCnn', () => {
  it('has the published size', () => {
    const count = barcodeCnn().parameters.filter(({ frozen }) => frozen !== true);
    expect(count.reduce((sum, { shape }) => sum + elementCount(shape), 0)).toBe(972_548);
  });

  it('gives the loss and the gradients of torch, with batch statistics', async () => {
    const rows = golden.barcodes.length;
    const graph = trainingGraph();
    const inputs = towerInputs(graph, cnn.inputs, rows);
    const target = graph.input('target', 'float32', [rows, 24]);
    const miss = sub(cnn.build(graph, inputs), target);
    const step = trainingStep(graph, { loss: mean(mul(miss, miss)), optimizer: sgd({ weightDecay: 0 }), seed: 1 });
    const session = await runtime.train(step, trained);
    const feeds = { ...cnn.collate(golden.barcodes), target: tensors['target'] as Tensor };
    const outputs = await session.step(feeds, { learningRate: 1, beta1: 0 });
    const after = await session.read();
    await session.close();
    expect(Number(outputs['loss']?.data[0])).toBeCloseTo(golden.loss, 5);
    const slopes = below('gradient/');
    let compared = 0;
    for (const [name, slope] of Object.entries(slopes)) {
      // One step of plain SGD at rate 1 takes the gradient off.
      const moved = floats(trained.tensors[name]).map((value, i) => value - (floats(after.tensors[name])[i] as number));
      const scale = Math.max(...floats(slope).map(Math.abs), 1e-3);
      moved.forEach((value, i) => {
        expect(Math.abs(value - (floats(slope)[i] as number)) / scale, name).toBeLessThan(2e-3);
        compared++;
      });
    }
    expect(compared).toBeGreaterThan(3000);
  });

  it('settles the statistics that torch keeps, and then infers as torch does', async () => {
    const settled = await settleStatistics(cnn, trained, golden.barcodes, runtime);
    for (const [name, wanted] of Object.entries(below('statistic/'))) {
      floats(wanted).forEach((value, i) => {
        expect(floats(settled.tensors[name])[i], name).toBeCloseTo(value, 4);
      });
    }
    const session = await runtime.open(exportEncoder(cnn, settled));
    const { embedding } = await session.run(cnn.collate(golden.barcodes));
    await session.close();
    floats(tensors['inference']).forEach((value, i) => {
      expect(floats(embedding)[i]).toBeCloseTo(value, 4);
    });
  });

  it('does not depend on the batch with group normalisation', async () => {
    const grouped = barcodeCnn({ letters: 90, widths: [16, 8], dimension: 12, normalisation: 'group' });
    const state = initialStateOf(grouped.parameters, rng(3));
    const session = await runtime.open(exportEncoder(grouped, state));
    const whole = floats((await session.run(grouped.collate(golden.barcodes)))['embedding']);
    const alone = floats((await session.run(grouped.collate(golden.barcodes.slice(2, 3))))['embedding']);
    await session.close();
    alone.forEach((value, i) => {
      expect(value).toBeCloseTo(whole[24 + i] as number, 5);
    });
    expect(await settleStatistics(grouped, state, golden.barcodes, runtime)).toBe(state);
  });

  it('reads either case, and every other letter as N', () => {
    const [upper, lower] = ['ACGTNRY', 'acgunry'].map((text) => cnn.collate([text])['letters']?.data);
    expect(lower).toEqual(upper);
    expect(() => barcodeCnn({ letters: 20 })).toThrow(RangeError);
  });
});

function below(prefix: string): Tensors {
  const entries = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value]));
}

function floats(value: Tensor | undefined): Float32Array {
  if (!(value?.data instanceof Float32Array)) throw new TypeError('no float32 tensor');
  return value.data;
}
