import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { alignment, contrast, inMemory, type AlignmentData, type AlignmentFeeds } from '@bioscan/align';
import { rng, type Picture } from '@bioscan/core';
import { barcodeBert } from '@bioscan/dna';
import { presets, vit } from '@bioscan/vision';
import { openRuntime } from '@bioscan/runtime/node';
import { alternate, type Timing } from './alternate.js';
import { openPeer, threads } from './torch-peer.js';

/** Photos and barcodes aligned with symmetric InfoNCE: ViT-Tiny at 224 and BarcodeBERT 4-4-4 x 768 in a space of 256. */
export const alignmentSizes = {
  k: 4,
  layers: 4,
  heads: 4,
  width: 768,
  space: 256,
  /** Of the race against PyTorch. */
  batch: 64,
  /** Of the proof that a large batch fits: 250 chunks of 8. */
  large: { batch: 2000, chunks: 250 },
} as const;

export interface AlignmentBenchResult {
  readonly peer: string;
  readonly timings: readonly Timing[];
  readonly peerBytes: number;
}

/** A training step of batch 64 against open_clip's loss over the same towers in PyTorch, step by step in turn. */
export async function alignmentBench(rounds: number, warmUp?: number): Promise<AlignmentBenchResult> {
  const { batch, k, layers, heads, width, space } = alignmentSizes;
  const peer = await openPeer({ model: 'alignment', batch, k, layers, heads, width, space });
  const ours = await openAlignment(batch, 1);
  try {
    const timings = await alternate(
      [
        { name: '@bioscan/align', run: () => ours.step() },
        { name: 'PyTorch, default AdamW', run: () => peer.step('default') },
        { name: 'PyTorch, fused AdamW', run: () => peer.step('fused') },
      ],
      rounds,
      warmUp,
    );
    return { peer: peer.version, timings, peerBytes: peer.peakBytes() };
  } finally {
    peer.close();
    await ours.close();
  }
}

/** Peak resident memory of a process that takes some steps of a batch in chunks, and its seconds a step. */
export async function alignmentMemory(
  batch: number,
  chunks: number,
  steps: number,
): Promise<{ readonly bytes: number; readonly secondsPerStep: number; readonly loss: number }> {
  const words = [batch, chunks, steps].map(String);
  const file = join(import.meta.dirname, 'alignment-memory.ts');
  const child = spawn(process.execPath, [...process.execArgv, '--import', 'tsx', file, ...words], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let answer = '';
  for await (const chunk of child.stdout) answer += String(chunk);
  return JSON.parse(answer) as { bytes: number; secondsPerStep: number; loss: number };
}

/** Our side; the time of a step does not hold the making of its batch, as the peer's does not. */
export async function openAlignment(
  batch: number,
  chunks: number,
): Promise<{ step(): Promise<number>; loss(): number; close(): Promise<void> }> {
  const { k, layers, heads, width, space } = alignmentSizes;
  const preprocessing = { ...presets.imagenet, resize: 224 };
  const model = alignment({
    modalities: {
      image: { tower: vit({ layers: 12, heads: 3, width: 192 }, { preprocessing }) },
      dna: { tower: barcodeBert({ k, layers, heads, width }) },
    },
    objective: [contrast()],
    width: space,
  });
  const planned = model.step({ batchSize: batch, chunks, seed: 1 });
  const runtime = openRuntime({ threads });
  const session = await runtime.train(planned.step, planned.initial);
  const rows = Array.from({ length: batch }, (_, row) => row);
  let taken = 0;
  let loss = Number.NaN;
  return {
    async step() {
      const feeds: AlignmentFeeds = await planned.collate(specimens(batch, taken++), rows);
      const started = performance.now();
      const metrics = await session.step(feeds, { learningRate: 1e-4, beta1: 0.9 }, { transfer: true });
      loss = Number(metrics['loss']?.data[0]);
      return (performance.now() - started) / 1000;
    },
    loss: () => loss,
    async close() {
      await session.close();
      await runtime.close();
    },
  };
}

/** Noise in the shapes of photos and barcodes. */
function specimens(count: number, seed: number): AlignmentData {
  const random = rng(seed);
  const noise = Uint8Array.from({ length: 224 * 224 * 3 + count }, () => random.integer(256));
  const picture = (i: number): Picture => ({ width: 224, height: 224, data: noise.subarray(i, i + 224 * 224 * 3) });
  const barcode = (): string => Array.from({ length: 658 }, () => 'ACGT'.charAt(random.integer(4))).join('');
  return {
    ids: Array.from({ length: count }, (_, i) => `N${i}`),
    modalities: {
      image: inMemory(Array.from({ length: count }, (_, i) => picture(i))),
      dna: inMemory(Array.from({ length: count }, barcode)),
    },
    labels: {},
    hash: 'noise',
  };
}
