import { readdirSync, readFileSync } from 'node:fs';
import { BioscanError, tensor } from '@bioscan/core';
import {
  applyOnnx,
  decodeCheckpoint,
  decodeSafetensors,
  decodeTorch,
  describeOnnx,
  encodeCheckpoint,
  inferenceGraph,
  linear,
  inferenceModel,
  initialState,
  readOnnx,
  relu,
  untrainable,
} from '@bioscan/graph';
import { rng } from '@bioscan/core';

/** A reader under test: good files to start from, and the reading. */
export interface FuzzedReader {
  readonly name: string;
  readonly seeds: () => readonly Uint8Array[];
  readonly read: (bytes: Uint8Array) => void;
}

const fixtures = new URL('../../fixtures/graph/', import.meta.url);

/** Add a reader here and it is fuzzed. */
export const readers: readonly FuzzedReader[] = [
  { name: 'onnx', seeds: onnxSeeds, read: readModel },
  {
    name: 'safetensors',
    seeds: () => [file('python.safetensors'), encodeCheckpoint({ step: 3, tensors: weights(2000) }, '{"note":"fuzz"}')],
    read: (bytes) => {
      decodeSafetensors(bytes);
      decodeCheckpoint(bytes);
    },
  },
  { name: 'torch', seeds: torchSeeds, read: (bytes) => void decodeTorch(bytes) },
];

/** Reads, prints, asks what stands in the way, and builds the graph of whatever still reads. */
function readModel(bytes: Uint8Array): void {
  const model = readOnnx(bytes, {
    external: ({ name, expected }) => {
      if (expected > bytes.length) throw new BioscanError('truncated', `fuzz: tensor '${name}', got no such data`);
      return new Uint8Array(expected);
    },
  });
  describeOnnx(model);
  untrainable(model, { sizes: { batch: 2 }, trainable: (name) => name !== 'none' });
  const graph = inferenceGraph();
  const inputs = model.inputs.map(({ name, dtype, shape }) => [name, graph.input(name, dtype, shape)] as const);
  if (inputs.length > 0) applyOnnx(model, Object.fromEntries(inputs));
}

function onnxSeeds(): readonly Uint8Array[] {
  const small = ['types.onnx', 'functions.onnx', 'external.onnx'].map((name) => file(`onnx/${name}`));
  const models = ['bert-dynamo.onnx', 'resnet18-older-plain.onnx'].map((name) => file(`models/${name}`));
  const { cases } = JSON.parse(file('onnx/operators.json').toString()) as { cases: { model: string }[] };
  return [
    ...small,
    ...small,
    ...models,
    ...cases.map((item) => new Uint8Array(Buffer.from(item.model, 'base64'))),
    ownModel(),
  ];
}

/** A file of ours with weights inside. */
function ownModel(): Uint8Array {
  const graph = inferenceGraph();
  const y = linear(relu(linear(graph.input('x', 'float32', ['batch', 64]), 'one', 256)), 'two', 64);
  return inferenceModel(graph, { outputs: { y }, state: initialState(graph, rng(1)) });
}

function torchSeeds(): readonly Uint8Array[] {
  const folder = new URL('../checkpoints/', fixtures);
  const names = readdirSync(folder).filter((name) => /\.(pt|pth|bin)$/.test(name));
  return names.sort().map((name) => readFileSync(new URL(name, folder)));
}

function weights(count: number): Record<string, ReturnType<typeof tensor>> {
  return {
    'a.weight': tensor(
      'float32',
      [count],
      Float32Array.from({ length: count }, (_, i) => i),
    ),
    'b.weight#moment': tensor('int64', [2, 1], BigInt64Array.of(1n, 2n)),
  };
}

function file(name: string): Buffer {
  return readFileSync(new URL(name, fixtures));
}
