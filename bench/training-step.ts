import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { openRuntime } from '@bioscan/runtime/node';
import { alternate, type Timing } from './alternate.js';
import { openPeer, threads } from './torch-peer.js';
import type { TrainingCase } from './training-cases.js';

export interface TrainingStepResult {
  readonly peer: string;
  readonly timings: readonly Timing[];
  /** Fastest of some large products in this run, by either side: GFLOP/s. */
  readonly gemmPeak: number;
  /** Peak resident memory of PyTorch's process. */
  readonly peerBytes: number;
}

/** A training step (forward, backward, AdamW) against PyTorch's default and fused AdamW, step by step in turn. */
export async function trainingStepBench(training: TrainingCase, rounds: number): Promise<TrainingStepResult> {
  const peer = await openPeer(training.peer);
  const ours = await openOurs(training);
  const rates: number[] = [];
  try {
    const timings = await alternate(
      [
        { name: '@bioscan/graph + runtime', run: () => ours.step() },
        { name: 'PyTorch, default AdamW', run: () => peer.step('default') },
        { name: 'PyTorch, fused AdamW', run: () => peer.step('fused') },
        {
          name: 'product',
          run: async () => {
            rates.push(await peer.gemm());
            return 0;
          },
        },
      ],
      rounds,
    );
    const steps = timings.filter(({ name }) => name !== 'product');
    return { peer: peer.version, timings: steps, gemmPeak: Math.max(...rates), peerBytes: peer.peakBytes() };
  } finally {
    peer.close();
    await ours.close();
  }
}

/** Peak resident memory of a process that takes a few of our steps and nothing else. */
export async function trainingMemory(name: string): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'training-memory.ts'), name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let answer = '';
  for await (const chunk of child.stdout) answer += String(chunk);
  return Number(answer);
}

export async function openOurs(training: TrainingCase): Promise<{ step(): Promise<number>; close(): Promise<void> }> {
  const { step, initial, feeds, controls } = training.open();
  const runtime = openRuntime({ threads });
  const session = await runtime.train(step, initial);
  let taken = 0;
  return {
    step: async () => {
      const fed = feeds(taken);
      const started = performance.now();
      await session.step(fed, controls(taken));
      taken++;
      return (performance.now() - started) / 1000;
    },
    close: async () => {
      await session.close();
      await runtime.close();
    },
  };
}
