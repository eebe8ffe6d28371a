/** `profile.ts <case>`: where the time of one training step goes, by operator, as ONNX Runtime measures its kernels. Without the optimiser. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allocate, elementCount, tensor, type Tensor, type Tensors } from '@bioscan/core';
import * as ort from 'onnxruntime-node';
import { threads } from './torch-peer.js';
import { trainingCases } from './training-cases.js';

interface KernelEvent {
  readonly cat: string;
  readonly name: string;
  readonly dur: number;
  readonly args?: { readonly op_name?: string };
}

const name = process.argv[2] ?? 'barcodebert-4-4-4';
const training = trainingCases[name];
if (training === undefined) throw new Error(`bench: no training case '${name}'`);
const { step, initial, feeds } = training.open();
const folder = mkdtempSync(join(tmpdir(), 'bioscan-profile-'));
const session = await ort.InferenceSession.create(step.model, {
  intraOpNumThreads: threads,
  enableMemPattern: false,
  enableProfiling: true,
  profileFilePrefix: join(folder, 'profile'),
});
const masks = step.masks.map(({ name: mask, shape }) => {
  return [mask, tensor('float32', shape, allocate('float32', elementCount(shape)).fill(1))] as const;
});
const runs = 5;
for (let run = 0; run < runs; run++)
  await session.run(onnx({ ...initial.tensors, ...Object.fromEntries(masks), ...feeds(run) }));
session.endProfiling();
const file = readdirSync(folder).find((entry) => entry.endsWith('.json')) ?? '';
const events = JSON.parse(readFileSync(join(folder, file), 'utf8')) as readonly KernelEvent[];
rmSync(folder, { recursive: true });

const totals = new Map<string, { milliseconds: number; nodes: number }>();
for (const { cat, name: node, dur, args } of events) {
  if (cat !== 'Node' || !node.endsWith('_kernel_time')) continue;
  const entry = totals.get(args?.op_name ?? '?') ?? { milliseconds: 0, nodes: 0 };
  totals.set(args?.op_name ?? '?', {
    milliseconds: entry.milliseconds + dur / 1000 / runs,
    nodes: entry.nodes + 1 / runs,
  });
}
const all = [...totals.values()].reduce((sum, { milliseconds }) => sum + milliseconds, 0);
console.log(`${training.title}: ${all.toFixed(0)} ms in kernels a step, mean of ${runs}`);
console.table(
  [...totals]
    .sort((a, b) => b[1].milliseconds - a[1].milliseconds)
    .slice(0, 14)
    .map(([operator, { milliseconds, nodes }]) => ({
      operator,
      nodes: Math.round(nodes),
      ms: milliseconds.toFixed(0),
      '%': ((100 * milliseconds) / all).toFixed(1),
    })),
);

function onnx(tensors: Tensors): Record<string, ort.Tensor> {
  const wanted = new Set(session.inputNames);
  return Object.fromEntries(
    Object.entries<Tensor>(tensors)
      .filter(([key]) => wanted.has(key))
      .map(([key, { dtype, data, shape }]) => [key, new ort.Tensor(dtype as 'float32', data as Float32Array, shape)]),
  );
}
