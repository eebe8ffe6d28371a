import { rng } from '@bioscan/core';
import { barcodeBert, barcodeEncoder, untrainedCheckpoint } from '@bioscan/dna';
import { openRuntime } from '@bioscan/runtime/node';
import { alternate, type Timing } from './alternate.js';
import { openPeer, threads } from './torch-peer.js';

/** BarcodeBERT k-4-4 x 768 and the batch that both sides embed. Pinned by a test. */
export const embeddingSizes = [
  { k: 4, batch: 32 },
  { k: 8, batch: 32 },
] as const;

/** Embedding of barcodes, from letters to vectors, in float32 and int8 against PyTorch's float32 (from token ids), in turn. */
export async function embeddingBench(
  { k, batch }: (typeof embeddingSizes)[number],
  rounds: number,
): Promise<{ readonly peer: string; readonly timings: readonly Timing[] }> {
  const model = { layers: 4, heads: 4, width: 768 } as const;
  const peer = await openPeer({ model: 'barcodebert', k, batch, ...model });
  const runtime = openRuntime({ threads });
  const checkpoint = untrainedCheckpoint(barcodeBert({ k, ...model }), 1);
  const random = rng(1);
  const barcode = (): string => Array.from({ length: 658 }, () => 'ACGT'.charAt(random.integer(4))).join('');
  const barcodes = Array.from({ length: batch }, barcode);
  try {
    const ours = async (precision: 'float32' | 'int8'): Promise<() => Promise<number>> => {
      const encoder = await barcodeEncoder(checkpoint, runtime, { precision, batchSize: batch });
      return async () => {
        const started = performance.now();
        await encoder.encode(barcodes);
        return (performance.now() - started) / 1000;
      };
    };
    const timings = await alternate(
      [
        { name: 'float32', run: await ours('float32') },
        { name: 'int8', run: await ours('int8') },
        { name: 'PyTorch, float32', run: () => peer.embed() },
      ],
      rounds,
    );
    return { peer: peer.version, timings };
  } finally {
    peer.close();
    await runtime.close();
  }
}
