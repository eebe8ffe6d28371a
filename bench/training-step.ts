import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rng } from '@bioscan/core';
import { barcodeBert, maskedObjectives, pretrainingJob } from '@bioscan/dna';
import { openRuntime } from '@bioscan/runtime/node';
import { alternate, type Timing } from './alternate.js';

export interface TrainingStepSize {
  readonly k: number;
  readonly batch: number;
}

/** BarcodeBERT k-4-4 at its published width: the two vocabularies whose cost differs most. Pinned by a test. */
export const trainingStepSizes: readonly TrainingStepSize[] = [
  { k: 6, batch: 16 },
  { k: 8, batch: 8 },
];

const model = { layers: 4, heads: 4, width: 768 } as const;
const threads = 2;

/** A training step (forward, backward, AdamW, dropout on) against PyTorch's default and fused AdamW, step by step in turn. */
export async function trainingStepBench(
  size: TrainingStepSize,
  rounds: number,
): Promise<{ peer: string; timings: Timing[] }> {
  const peer = await openPeer(size);
  const ours = await openOurs(size);
  try {
    const timings = await alternate(
      [
        { name: '@bioscan/graph + runtime', run: () => ours.step() },
        { name: 'PyTorch, default AdamW', run: () => peer.step('default') },
        { name: 'PyTorch, fused AdamW', run: () => peer.step('fused') },
      ],
      rounds,
    );
    return { peer: peer.version, timings };
  } finally {
    peer.close();
    await ours.close();
  }
}

async function openOurs({ k, batch }: TrainingStepSize): Promise<{ step(): Promise<number>; close(): Promise<void> }> {
  const random = rng(1);
  const barcode = (): string => Array.from({ length: 658 }, () => 'ACGT'.charAt(random.integer(4))).join('');
  const job = pretrainingJob({
    tower: barcodeBert({ k, ...model }),
    objective: maskedObjectives.barcodebert,
    barcodes: Array.from({ length: batch * 4 }, barcode),
    budget: { steps: 1000, batchSize: batch },
  });
  const runtime = openRuntime({ threads });
  const session = await runtime.train(job.step, job.initial);
  let taken = 0;
  return {
    step: async () => {
      const started = performance.now();
      await session.step(job.feeds(taken), job.plan.schedule(taken));
      taken++;
      return (performance.now() - started) / 1000;
    },
    close: async () => {
      await session.close();
      await runtime.close();
    },
  };
}

interface Peer {
  readonly version: string;
  step(optimizer: 'default' | 'fused'): Promise<number>;
  close(): void;
}

/** PyTorch in a process of its own; `BIOSCAN_PYTHON` names a Python that has torch and transformers. */
async function openPeer({ k, batch }: TrainingStepSize): Promise<Peer> {
  const python = process.env['BIOSCAN_PYTHON'] ?? 'python3';
  const child = spawn(python, [join(import.meta.dirname, 'training-step.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async <Answer>(question: object): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const answer = await lines.next();
    if (answer.done === true) throw new Error(`bench: ${python} ended; it needs torch >= 2.13 (CPU) and transformers`);
    return JSON.parse(answer.value) as Answer;
  };
  const { version } = await ask<{ version: string }>({ k, batch, threads, ...model });
  return {
    version,
    step: async (optimizer) => (await ask<{ seconds: number }>({ optimizer })).seconds,
    close: () => {
      child.kill();
    },
  };
}

/** Versions of our side, for the printed table. */
export function ourVersions(): string {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  return `onnxruntime-node ${manifest.devDependencies['onnxruntime-node'] ?? '?'}, Node ${process.versions.node}, ${threads} threads`;
}
