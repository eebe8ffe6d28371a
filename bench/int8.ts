import { join } from 'node:path';
import {
  barcodeKey,
  embed,
  memoryStore,
  rng,
  tensor,
  type DType,
  type Identified,
  type Neighbours,
  type Runtime,
  type Specimen,
  type Tensor,
} from '@bioscan/core';
import { readSpecimens } from '@bioscan/data';
import {
  barcodeBert,
  barcodeEncoder,
  cleanBarcode,
  maskedObjectives,
  pretrain,
  type BarcodeCheckpoint,
} from '@bioscan/dna';
import { agreement, labelTable, resampler } from '@bioscan/eval';
import type { Precision } from '@bioscan/graph';
import { exactNeighbours } from '@bioscan/runtime';
import { openRuntime } from '@bioscan/runtime/node';
import * as ort from 'onnxruntime-web';

/** Sizes of the comparison. Pinned by a test: at least 10,000 queries. */
export const int8Sizes = { queries: 10_000, keys: 15_000, steps: 300 } as const;

/**
 * What 8 bits cost: 1-NN among distinct real barcodes of `insects` with an encoder pretrained for a minute, in float32 against int8,
 * both in onnxruntime-node and int8 in onnxruntime-web as well. Keys and queries are embedded at the same precision, as deployed.
 */
export async function int8Bench(realData: string): Promise<readonly Readonly<Record<string, string | number>>[]> {
  const records = await distinctRecords(join(realData, 'coi/insects.tsv.gz'));
  const inputs = records.map(({ processId, barcode }): Identified<string> => ({ id: processId, input: barcode ?? '' }));
  const queries = inputs.slice(0, int8Sizes.queries);
  const keys = inputs.slice(int8Sizes.queries, int8Sizes.queries + int8Sizes.keys);
  const runtime = openRuntime();
  try {
    const checkpoint = await trained(runtime, keys);
    const nearest = async (engine: Runtime, precision: Precision): Promise<Neighbours> => {
      const encoder = await barcodeEncoder(checkpoint, engine, { precision });
      const found = await exactNeighbours(runtime, embed(encoder, queries), embed(encoder, keys), {
        k: 1,
        metric: 'cosine',
      });
      await encoder.close();
      return found;
    };
    const reference = await nearest(runtime, 'float32');
    const candidates = { 'int8, onnxruntime-node': runtime, 'int8, onnxruntime-web': webRuntime() };
    const rows = [];
    for (const [name, engine] of Object.entries(candidates)) {
      const candidate = await nearest(engine, 'int8');
      for (const rank of ['species', 'genus'] as const) {
        const options = { rank, resampler: resampler({ rng: rng(1) }) };
        const found = agreement(reference, candidate, labelTable(records), options);
        const { interval } = found.difference;
        rows.push({
          candidate: name,
          rank,
          queries: found.queries,
          'same key %': percent(found.sameKey),
          'same label %': percent(found.sameLabel),
          'float32 %': percent(found.reference.value),
          'int8 %': percent(found.candidate.value),
          'difference, points': `${percent(found.difference.value)} [${percent(interval?.low)}, ${percent(interval?.high)}]`,
        });
      }
    }
    return rows;
  } finally {
    await runtime.close();
  }
}

/** One record a barcode, with a species, at least 500 letters, in a seeded order. */
async function distinctRecords(file: string): Promise<Specimen[]> {
  const byBarcode = new Map<string, Specimen>();
  for await (const record of readSpecimens(file)) {
    const { barcode, lineage } = record;
    if (barcode === undefined || lineage.species === undefined) continue;
    if (cleanBarcode(barcode, 'clean').sequence.length < 500) continue;
    const key = barcodeKey(barcode);
    if (!byBarcode.has(key)) byBarcode.set(key, record);
  }
  return rng(1)
    .split('order')
    .shuffle([...byBarcode.values()]);
}

async function trained(runtime: Runtime, keys: readonly Identified<string>[]): Promise<BarcodeCheckpoint> {
  const { checkpoint } = await pretrain(
    {
      tower: barcodeBert({ k: 5, layers: 2, heads: 4, width: 128 }),
      objective: maskedObjectives.barcodemae,
      barcodes: keys.map(({ input }) => input),
      budget: { steps: int8Sizes.steps, batchSize: 32 },
    },
    { runtime, store: memoryStore() },
  );
  return checkpoint;
}

/** onnxruntime-web's WebAssembly engine as a runtime that opens models. */
function webRuntime(): Runtime {
  return {
    async open(model) {
      if (!(model instanceof Uint8Array)) throw new TypeError('bench: the web engine takes bytes');
      const session = await ort.InferenceSession.create(model, { executionProviders: ['wasm'] });
      return {
        inputs: [],
        outputs: [],
        async run(feeds) {
          const inputs = Object.entries(feeds).map(([name, { dtype, data, shape }]) => {
            return [name, new ort.Tensor(dtype as 'float32', data as Float32Array, shape)] as const;
          });
          const results = Object.entries(await session.run(Object.fromEntries(inputs)));
          return Object.fromEntries(results.map(([name, value]) => [name, ours(value)]));
        },
        close: () => session.release(),
      };
    },
    train: () => Promise.reject(new TypeError('bench: the web engine does not train')),
  };
}

function ours({ type, dims, data }: ort.Tensor): Tensor {
  return tensor<DType>(type as DType, dims, data as Float32Array);
}

function percent(share: number | undefined): string {
  return share === undefined ? '?' : (100 * share).toFixed(2);
}
