/** `clustering-ours.ts <task> <file> <n> <d>`: our side of clustering-peer.py, in a process of its own; prints one line of JSON. */
import { readFileSync } from 'node:fs';
import { embeddingsOf, rng, tensor, type Embeddings } from '@bioscan/core';
import { umap, ward } from '@bioscan/eval';
import { exactNeighbours } from '@bioscan/runtime';
import { openRuntime } from '@bioscan/runtime/node';

const [task = '', file = '', nText = '', dText = ''] = process.argv.slice(2);
const [n, d] = [Number(nText), Number(dText)];
const bytes = readFileSync(file);
const x = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
const run = { ward: wardRun, umap: umapRun, neighbours: neighboursRun }[task];
if (run === undefined) throw new Error(`bench: no task '${task}'`);
const { seconds, check } = await run();
console.log(JSON.stringify({ seconds, check, peakBytes: process.resourceUsage().maxRSS * 1024 }));

interface Ran {
  readonly seconds: number;
  readonly check: number;
}

async function wardRun(): Promise<Ran> {
  const started = performance.now();
  const { heights } = await ward(tensor('float32', [n, d], x.subarray(0, n * d)));
  return { seconds: since(started), check: heights.at(-1) ?? 0 };
}

async function umapRun(): Promise<Ran> {
  const runtime = openRuntime({ threads: 2 });
  const started = performance.now();
  const reducer = umap({
    search: (queries, keys, k) => exactNeighbours(runtime, queries, keys, { k, metric: 'dot' }),
  });
  await reducer.reduce(tensor('float32', [n, d], x.subarray(0, n * d)), { rng: rng(0) });
  const seconds = since(started);
  await runtime.close();
  return { seconds, check: 0 };
}

async function neighboursRun(): Promise<Ran> {
  const runtime = openRuntime({ threads: 2 });
  const queries = rows(0, n);
  const keys = rows(n, x.length / d);
  const options = { k: 1, metric: 'dot' } as const;
  await exactNeighbours(runtime, rows(0, 64), rows(n, Math.min(n + 8192, x.length / d)), options);
  const started = performance.now();
  const { index } = await exactNeighbours(runtime, queries, keys, options);
  const seconds = since(started);
  await runtime.close();
  return { seconds, check: index.reduce((sum, key) => sum + key, 0) };
}

/** Rows `from` to `to`, in blocks of 4,096 that are views of the file. */
function rows(from: number, to: number): Embeddings {
  const blocks: Embeddings[] = [];
  const source = { id: 'bench', modality: 'image', dimension: d, settings: {} } as const;
  for (let start = from; start < to; start += 4096) {
    const end = Math.min(to, start + 4096);
    const ids = Array.from({ length: end - start }, (_, i) => String(start + i));
    blocks.push(
      embeddingsOf({ ids, vectors: tensor('float32', [ids.length, d], x.subarray(start * d, end * d)) }, source),
    );
  }
  return {
    dimension: d,
    source,
    async *blocks() {
      for (const block of blocks) yield* block.blocks();
    },
  };
}

function since(started: number): number {
  return (performance.now() - started) / 1000;
}
