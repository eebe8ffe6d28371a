import { kernel, type DropoutWords } from './kernel.js';

/** One memory for all calls: each reserves gigabytes of address space. */
let scratch: WebAssembly.Memory | undefined;

/**
 * A dropout mask: each element is 0 with probability `rate` and else float32(1 / (1 - rate)).
 *
 * The rule, on which a resume and every reimplementation depend. For element i of the mask, row-major from 0:
 * - block: Philox 4x32-10 with key (seed mod 2^32, floor(seed / 2^32) mod 2^32)
 *   and counter (floor(i / 4), maskIndex, step, 0x64726f70 + microBatch), all unsigned 32-bit words;
 * - word: number i mod 4 of the block's four;
 * - kept when word / 2^32 >= rate, that is when word >= ceil(rate 2^32).
 * `step` counts the steps taken before this one (the first is 0), `maskIndex` is the position among the step's masks,
 * `microBatch` the position among the feeds of an accumulated step (0 without accumulation).
 * Word 3 of the counter keeps masks apart from the streams of `rng(seed)`.
 *
 * @param seed any safe integer
 * @param step 0 to 2^32 - 1
 * @param rate 0 <= rate < 1
 * @throws RangeError outside these bounds
 */
export function fillDropoutMask(
  seed: number,
  step: number,
  maskIndex: number,
  rate: number,
  length: number,
  microBatch = 0,
): Float32Array {
  if (!Number.isInteger(length) || length < 0) throw new RangeError(`runtime: mask length, got ${length}`);
  const pages = Math.ceil(length / 16 / 1024);
  scratch ??= new WebAssembly.Memory({ initial: 0 });
  const missing = pages - scratch.buffer.byteLength / 65_536;
  if (missing > 0) scratch.grow(missing);
  kernel(scratch).dropoutMask(0, length, ...dropoutWords(seed, step, maskIndex, rate, microBatch));
  return new Float32Array(scratch.buffer, 0, length).slice();
}

/** The kernel's arguments for a mask, checked. */
export function dropoutWords(
  seed: number,
  step: number,
  maskIndex: number,
  rate: number,
  microBatch = 0,
): DropoutWords {
  if (!Number.isSafeInteger(seed)) throw new RangeError(`runtime: mask seed, got ${seed}, expected a safe integer`);
  if (!isWord(step) || !isWord(maskIndex)) {
    throw new RangeError(`runtime: mask step and index, got ${step} and ${maskIndex}, expected 0 to 2^32 - 1`);
  }
  if (!Number.isInteger(microBatch) || microBatch < 0 || microBatch >= 2 ** 16) {
    throw new RangeError(`runtime: micro-batch, got ${microBatch}, expected 0 to 65535`);
  }
  const threshold = Math.ceil(rate * 2 ** 32);
  if (!(rate >= 0) || !isWord(threshold)) {
    throw new RangeError(`runtime: dropout rate, got ${rate}, expected 0 <= rate < 1`);
  }
  const high = Math.floor(seed / 2 ** 32) >>> 0;
  return [seed >>> 0, high, maskIndex, step, 0x64726f70 + microBatch, threshold, 1 / (1 - rate)];
}

function isWord(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < 2 ** 32;
}
