import type { Tensor } from '@bioscan/core';
import { describe, expect, it } from 'vitest';
import { encodeModel } from '../src/encode-model.js';
import { adamw, inGraphUpdate, sgd, trainingGraph, type Graph } from '../src/index.js';
import { floats, readGolden, relativeError, type Described } from './golden.js';
import { openSession, runSession } from './session.js';

interface Golden {
  readonly start: Readonly<Record<string, Described>>;
  readonly slopes: readonly Readonly<Record<string, Described>>[];
  readonly controls: readonly (readonly [number, number])[];
  readonly cases: readonly {
    readonly kind: 'adamw' | 'sgd';
    readonly weightDecay: number;
    readonly clipNorm: number | null;
    readonly end: Readonly<Record<string, Described>>;
  }[];
}

const golden = readGolden('optimizers.json') as Golden;

function updateModel(item: Golden['cases'][number]): { readonly model: Uint8Array; readonly graph: Graph } {
  const { kind, weightDecay, clipNorm } = item;
  const options = { weightDecay, ...(clipNorm === null ? {} : { clipNorm }) };
  const graph = trainingGraph();
  const updates = Object.entries(golden.start).map(([name, { shape }]) => ({
    parameter: graph.parameter(name, shape, { initial: 'zeros' }),
    gradient: graph.input(`${name}#gradient`, 'float32', shape),
    decay: shape.length > 1,
  }));
  const [learningRate, beta1, step] = ['rate', 'beta1', 'step'].map((name) => graph.input(name, 'float32', []));
  if (learningRate === undefined || beta1 === undefined || step === undefined) throw new Error('no controls');
  const next = inGraphUpdate(kind === 'adamw' ? adamw(options) : sgd(options), updates, { learningRate, beta1, step });
  return {
    graph,
    model: encodeModel(graph, { outputs: new Map([...next].map(([name, value]) => [`${name}#next`, value])) }),
  };
}

describe('the in-graph update', () => {
  it.each(golden.cases)('of $kind (decay $weightDecay, clip $clipNorm) ends where torch ends', async (item) => {
    const { model, graph } = updateModel(item);
    const session = await openSession(model, 1);
    const state: Record<string, Tensor> = {};
    for (const { name, shape } of graph.inputs.filter((input) => /#(first|second|momentum)$/.test(input.name))) {
      const sizes = shape as readonly number[];
      state[name] = floats({ shape: sizes, data: Array<number>(sizes.reduce((a, b) => a * b, 1)).fill(0) });
    }
    for (const [name, tensor] of Object.entries(golden.start)) state[name] = floats(tensor);
    for (const [index, slopes] of golden.slopes.entries()) {
      const [rate, beta1] = golden.controls[index] as readonly [number, number];
      const feeds: Record<string, Tensor> = { ...state };
      for (const [name, slope] of Object.entries(slopes)) feeds[`${name}#gradient`] = floats(slope);
      for (const [name, value] of Object.entries({ rate, beta1, step: index + 1 })) {
        feeds[name] = floats({ shape: [], data: [value] });
      }
      const next = await runSession(session, feeds);
      for (const [name, value] of Object.entries(next)) state[name.replace(/#next$/, '')] = value;
    }
    await session.release();
    const errors = Object.entries(item.end).map(([name, end]) => relativeError(state[name] as Tensor, end));
    expect(errors).toHaveLength(3);
    // 1 - beta2^step in float32 is off by up to 3e-5 at the first steps.
    expect(Math.max(...errors)).toBeLessThan(1e-5);
  });
});
