import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { presets } from '@bioscan/vision';
import { loadPictures } from '@bioscan/vision/node';
import { alternate, type Timing } from './alternate.js';

/** Pinned by a test. */
export const loaderSettings = { passes: 12, batch: 32, preset: 'bioscan5m', workers: 2 } as const;

/**
 * One pass over the JPEG photos of a folder, `passes` times over: resize to 256, crop to 224, normalise, batches of 32. Against Pillow and
 * torchvision transforms in a DataLoader without workers, as its default is, and with two. Starting threads is part of each pass.
 */
export async function loaderBench(
  folder: string,
  rounds: number,
): Promise<{ peer: string; photos: number; timings: Timing[] }> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
  const files = Array.from({ length: loaderSettings.passes }, () => names.map((name) => join(folder, name))).flat();
  const peer = await openPeer(files);
  try {
    const timings = await alternate(
      [
        { name: `loadPictures, ${loaderSettings.workers} workers`, run: () => onePass(files) },
        { name: 'Pillow + torchvision, one process', run: () => peer.pass(0) },
        { name: 'Pillow + torchvision, DataLoader with 2 workers', run: () => peer.pass(2) },
      ],
      rounds,
      1,
    );
    return { peer: peer.version, photos: files.length, timings };
  } finally {
    peer.close();
  }
}

async function onePass(files: readonly string[]): Promise<number> {
  const started = performance.now();
  const { preset, batch, workers } = loaderSettings;
  let loaded = 0;
  for await (const { ids } of loadPictures(files, { transform: presets[preset], batchSize: batch, workers })) {
    loaded += ids.length;
  }
  if (loaded !== files.length) throw new Error(`bench: ${loaded} of ${files.length} photos were loaded`);
  return (performance.now() - started) / 1000;
}

interface Peer {
  readonly version: string;
  pass(workers: number): Promise<number>;
  close(): void;
}

/** torchvision in a process of its own; `BIOSCAN_PYTHON` names a Python that has it. */
async function openPeer(files: readonly string[]): Promise<Peer> {
  const python = process.env['BIOSCAN_PYTHON'] ?? 'python3';
  const child = spawn(python, [join(import.meta.dirname, 'loader.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async <Answer>(question: object): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(question)}\n`);
    const answer = await lines.next();
    if (answer.done === true) throw new Error(`bench: ${python} ended; it needs torch, torchvision and pillow`);
    return JSON.parse(answer.value) as Answer;
  };
  const { version } = await ask<{ version: string }>({ files, batch: loaderSettings.batch });
  return {
    version,
    pass: async (workers) => (await ask<{ seconds: number }>({ workers })).seconds,
    close: () => {
      child.kill();
    },
  };
}
