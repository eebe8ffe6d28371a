/**
 * How token vectors become one: mean over attended tokens, the first or the last attended token, the largest of each number
 * over attended tokens; `pooled` takes the model's own vectors (n, width).
 */
export type OnnxPooling = 'masked-mean' | 'cls' | 'last' | 'max' | 'pooled';

export const onnxPoolings: readonly OnnxPooling[] = ['masked-mean', 'cls', 'last', 'max', 'pooled'];

/** Attended tokens of a row: from `first` to before `end`. */
export interface AttendedRange {
  readonly first: number;
  readonly end: number;
}

/** Pools states (tokens, width) of one row into `into` (width). */
export function poolStates(
  states: Float32Array,
  { first, end }: AttendedRange,
  pooling: Exclude<OnnxPooling, 'pooled'>,
  into: Float32Array,
): void {
  switch (pooling) {
    case 'masked-mean':
      meanOf(states, first, end, into);
      return;
    case 'cls':
      into.set(states.subarray(first * into.length, (first + 1) * into.length));
      return;
    case 'last':
      into.set(states.subarray((end - 1) * into.length, end * into.length));
      return;
    case 'max':
      largestOf(states, first, end, into);
      return;
    default:
      throw new TypeError(`dna: unknown pooling ${String(pooling satisfies never)}`);
  }
}

function meanOf(states: Float32Array, first: number, end: number, into: Float32Array): void {
  const width = into.length;
  for (let column = 0; column < width; column++) {
    let sum = 0;
    for (let token = first; token < end; token++) sum += states[token * width + column] as number;
    into[column] = sum / (end - first);
  }
}

function largestOf(states: Float32Array, first: number, end: number, into: Float32Array): void {
  const width = into.length;
  into.fill(-Infinity);
  for (let token = first; token < end; token++) {
    for (let column = 0; column < width; column++) {
      into[column] = Math.max(into[column] as number, states[token * width + column] as number);
    }
  }
}
