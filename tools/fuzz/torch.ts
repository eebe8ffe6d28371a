/**
 * Mutates PyTorch checkpoints and reads them: `npx tsx tools/fuzz/torch.ts [mutations] [seed]`. Each file is read by a child of its own, which
 * must neither crash nor hang, throw nothing but a BioscanError, and stay within its baseline + twice the file + 64 MB of memory.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isBioscanError, rng, type Rng } from '@bioscan/core';
import { decodeTorch, type TorchValue } from '@bioscan/graph';

const files = ['values-2.pt', 'values-4.pt', 'values-5.pt', 'big-endian.pt', 'zip64.pt', 'barcodebert-current.pt'];
const slowest = 2000;
const silence = 60_000;

interface Outcome {
  readonly file: string;
  readonly size: number;
  readonly read: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly slowest: number;
  readonly growth: number;
}

const [mode = '100000', argument = '1', count = '0', seed = '0'] = process.argv.slice(2);
if (mode === 'child') child(argument, Number(count), Number(seed));
else process.exitCode = await parent(Number(mode), Number(argument));

async function parent(mutations: number, firstSeed: number): Promise<number> {
  let failures = 0;
  let total = 0;
  for (const [i, file] of files.entries()) {
    const outcome = await runChild(file, Math.ceil(mutations / files.length), firstSeed + i);
    if (typeof outcome === 'string') {
      failures++;
      console.log(`${file}: FAILED ${outcome}`);
      continue;
    }
    const { size, read, refused, growth } = outcome;
    const refusals = Object.values(refused).reduce((sum, times) => sum + times, 0);
    const allowed = 2 * size + 64 * 2 ** 20;
    const holds = growth <= allowed && outcome.slowest <= slowest;
    if (!holds) failures++;
    total += read + refusals;
    const memory = `${(growth / 2 ** 20).toFixed(1)} MB above the baseline, allowed ${(allowed / 2 ** 20).toFixed(1)}`;
    console.log(
      `${file}: ${holds ? 'ok' : 'FAILED'}, ${read} read, ${refusals} refused ${JSON.stringify(refused)}, slowest ${outcome.slowest.toFixed(0)} ms, ${memory}`,
    );
  }
  console.log(`${total} mutations, ${failures} failures`);
  return failures === 0 ? 0 : 1;
}

function runChild(file: string, mutations: number, seed: number): Promise<Outcome | string> {
  const words = [...process.execArgv, process.argv[1] as string, 'child', file, `${mutations}`, `${seed}`];
  const process_ = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve) => {
    let last = '';
    const hung = (): void => {
      process_.kill('SIGKILL');
      resolve(`silent for ${silence} ms after: ${last}`);
    };
    let timer = setTimeout(hung, silence);
    process_.stdout.on('data', (chunk: Buffer) => {
      clearTimeout(timer);
      timer = setTimeout(hung, silence);
      last = chunk.toString().trim().split('\n').at(-1) ?? '';
    });
    process_.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve(code === 0 ? (JSON.parse(last) as Outcome) : `exit ${String(code ?? signal)}`);
    });
  });
}

function child(file: string, mutations: number, seed: number): void {
  const original = new Uint8Array(readFileSync(new URL(`../../fixtures/checkpoints/${file}`, import.meta.url)));
  const random = rng(seed);
  const refused: Record<string, number> = {};
  let read = 0;
  let longest = 0;
  for (let i = 0; i < 20; i++) readAll(decodeTorch(original.slice()));
  const baseline = process.resourceUsage().maxRSS * 1024;
  for (let i = 0; i < mutations; i++) {
    const mutant = mutate(original, random);
    const started = performance.now();
    try {
      readAll(decodeTorch(mutant));
      read++;
    } catch (error) {
      if (!isBioscanError(error)) throw error;
      refused[error.code] = (refused[error.code] ?? 0) + 1;
    }
    longest = Math.max(longest, performance.now() - started);
    if (i % 1000 === 0) console.log(`${file} ${i}`);
  }
  const growth = process.resourceUsage().maxRSS * 1024 - baseline;
  console.log(
    JSON.stringify({ file, size: original.length, read, refused, slowest: longest, growth } satisfies Outcome),
  );
}

/** Reads every tensor that the value holds. */
function readAll(value: TorchValue): void {
  const seen = new Set<TorchValue>();
  const open: TorchValue[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null || seen.has(next)) continue;
    seen.add(next);
    if ('read' in next) next.read();
    else if (next instanceof Map) open.push(...(next as Map<TorchValue, TorchValue>).values());
    else if (Array.isArray(next)) open.push(...(next as TorchValue[]));
  }
}

/** One to four changes: bytes, integers, cut ends, moved, doubled or removed pieces; half of them where the pickle is. */
function mutate(original: Uint8Array, random: Rng): Uint8Array {
  let bytes = original.slice();
  const changes = 1 + random.integer(4);
  // Most keep the length, or few would get past the zip's directory.
  const kinds = random.uniform() < 0.7 ? 4 : 7;
  for (let i = 0; i < changes && bytes.length > 0; i++) {
    const at = random.uniform() < 0.5 ? random.integer(Math.min(bytes.length, 3000)) : random.integer(bytes.length);
    const length = Math.min(bytes.length - at, 1 + random.integer(64));
    const piece = bytes.slice(at, at + length);
    switch (random.integer(kinds)) {
      case 0:
        bytes[at] = random.integer(256);
        break;
      case 1:
        bytes[at] = (bytes[at] as number) ^ (1 << random.integer(8));
        break;
      case 2:
        bytes.fill([0, 1, 0x7f, 0x80, 0xff][random.integer(5)] ?? 0, at, at + Math.min(length, 8));
        break;
      case 3:
        bytes.set(piece, random.integer(bytes.length - length + 1));
        break;
      case 4:
        bytes = bytes.slice(0, at);
        break;
      case 5:
        bytes = joined(bytes.subarray(0, at), piece, bytes.subarray(at));
        break;
      default:
        bytes = joined(bytes.subarray(0, at), bytes.subarray(at + length));
    }
  }
  return bytes;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
