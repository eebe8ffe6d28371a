import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

/** Of both sides. */
export const threads = 2;
/** Side of the squares whose product tells what the machine can do. */
const gemmSize = 1024;

/** PyTorch in a process of its own. */
export interface TorchPeer {
  readonly version: string;
  step(optimizer: 'default' | 'fused'): Promise<number>;
  embed(): Promise<number>;
  /** GFLOP/s of a large product. */
  gemm(): Promise<number>;
  peakBytes(): number;
  close(): void;
}

/** Starts it; `BIOSCAN_PYTHON` names a Python that has torch and the model's library. */
export async function openPeer(model: Readonly<Record<string, string | number>>): Promise<TorchPeer> {
  const python = process.env['BIOSCAN_PYTHON'] ?? 'python3';
  const child = spawn(python, [join(import.meta.dirname, 'torch-peer.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async <Answer>(question: object): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const answer = await lines.next();
    if (answer.done === true)
      throw new Error(`bench: ${python} ended; it needs torch >= 2.13 (CPU) and transformers, timm, torchvision`);
    return JSON.parse(answer.value) as Answer;
  };
  const { version } = await ask<{ version: string }>({ ...model, threads });
  let peak = 0;
  return {
    version,
    step: async (optimizer) => {
      const { seconds, peakBytes } = await ask<{ seconds: number; peakBytes: number }>({ optimizer });
      peak = Math.max(peak, peakBytes);
      return seconds;
    },
    embed: async () => (await ask<{ seconds: number }>({ embed: true })).seconds,
    gemm: async () => (await ask<{ gflops: number }>({ gemm: gemmSize })).gflops,
    peakBytes: () => peak,
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
