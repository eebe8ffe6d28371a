import { BioscanError, tensor, type Session, type Tensor, type Tensors, type ValueSpec } from '@bioscan/core';
import type { AttendedRange } from './pool-states.js';

/** What a model wants to be fed and what is read from it. */
export interface ModelSignature {
  readonly inputs: readonly { readonly spec: ValueSpec; readonly role: Role }[];
  readonly output: string;
  /** Rows of a call where the model fixes them. */
  readonly rows?: number;
  /** Tokens of a row where the model fixes them. */
  readonly tokens?: number;
  /** Whether the model can be told what is padding. */
  readonly masked: boolean;
}

type Role = 'ids' | 'mask' | 'types' | 'positions';

const roles: Readonly<Record<string, Role>> = {
  input_ids: 'ids',
  attention_mask: 'mask',
  token_type_ids: 'types',
  position_ids: 'positions',
};

/**
 * Finds ids, mask and output of a session. One input alone is the ids, whatever its name.
 * @throws BioscanError `unsupported` for an input that nothing is known of; `not-found` for an output that is not there or must be named
 */
export function modelSignature(session: Session, output: string | undefined): ModelSignature {
  const inputs = session.inputs.map((spec) => ({ spec, role: roleOf(spec, session.inputs) }));
  const ids = inputs.find(({ role }) => role === 'ids');
  if (ids === undefined) throw unknownInput(session.inputs, undefined);
  const [rows, tokens] = ids.spec.shape;
  return {
    inputs,
    output: outputName(session.outputs, output),
    ...(typeof rows === 'number' && rows > 0 ? { rows } : {}),
    ...(typeof tokens === 'number' && tokens > 0 ? { tokens } : {}),
    masked: inputs.some(({ role }) => role === 'mask'),
  };
}

function roleOf(spec: ValueSpec, all: readonly ValueSpec[]): Role {
  const role = all.length === 1 ? 'ids' : roles[spec.name];
  if (role === undefined || spec.shape.length !== 2) throw unknownInput(all, spec);
  return role;
}

function unknownInput(all: readonly ValueSpec[], spec: ValueSpec | undefined): BioscanError {
  const got = spec === undefined ? 'none of token ids' : `'${spec.name}' of ${spec.dtype} (${spec.shape.join(', ')})`;
  return new BioscanError(
    'unsupported',
    `dna: inputs of the model, got ${got} among ${all.map(({ name }) => `'${name}'`).join(', ')}, expected ${Object.keys(roles).join(', ')} (rows, tokens); export it with these`,
    { inputs: all.map(({ name }) => name) },
  );
}

const usualOutputs = ['last_hidden_state', 'embedding', 'hidden_states', 'sentence_embedding'];

function outputName(outputs: readonly ValueSpec[], wanted: string | undefined): string {
  const names = outputs.map(({ name }) => name);
  const candidates = wanted === undefined ? [...usualOutputs, ...(names.length === 1 ? names : [])] : [wanted];
  const found = candidates.find((name) => names.includes(name));
  if (found !== undefined) return found;
  throw new BioscanError(
    'not-found',
    `dna: output of the model, got ${names.map((name) => `'${name}'`).join(', ')}, expected ${wanted === undefined ? "'last_hidden_state' or one alone; name the one to read" : `'${wanted}'`}`,
    { outputs: names },
  );
}

/** A batch as the model takes it: ids padded to one length on a side, and what is attended of each row. */
export interface PaddedBatch {
  readonly feeds: Tensors;
  readonly ranges: readonly AttendedRange[];
}

export function paddedBatch(
  rows: readonly (readonly number[])[],
  signature: ModelSignature,
  { padId, side }: { readonly padId: number; readonly side: 'left' | 'right' },
): PaddedBatch {
  const tokens = signature.tokens ?? Math.max(...rows.map(({ length }) => length));
  const fed = signature.rows ?? rows.length;
  const ranges = rows.map(({ length }) => {
    const first = side === 'left' ? tokens - length : 0;
    return { first, end: first + length };
  });
  const values: Record<Role, Int32Array> = {
    ids: new Int32Array(fed * tokens).fill(padId),
    mask: new Int32Array(fed * tokens),
    types: new Int32Array(fed * tokens),
    positions: new Int32Array(fed * tokens),
  };
  for (let i = 0; i < fed; i++) {
    // A model of a fixed batch is fed the first row again.
    const at = i < rows.length ? i : 0;
    const { first, end } = ranges[at] as AttendedRange;
    values.ids.set(rows[at] as readonly number[], i * tokens + first);
    values.mask.fill(1, i * tokens + first, i * tokens + end);
    for (let token = first; token < end; token++) values.positions[i * tokens + token] = token - first;
  }
  const entries = signature.inputs.map(
    ({ spec, role }) => [spec.name, typed(spec, values[role], [fed, tokens])] as const,
  );
  return { feeds: Object.fromEntries(entries), ranges };
}

function typed({ name, dtype }: ValueSpec, values: Int32Array, shape: readonly number[]): Tensor {
  switch (dtype) {
    case 'int64':
      return tensor('int64', shape, BigInt64Array.from(values, BigInt));
    case 'int32':
      return tensor('int32', shape, values);
    case 'bool':
      return tensor('bool', shape, Uint8Array.from(values));
    case 'float32':
      return tensor('float32', shape, Float32Array.from(values));
    default:
      throw new BioscanError(
        'unsupported',
        `dna: input '${name}' of the model, got ${dtype}, expected int64, int32, bool or float32`,
      );
  }
}
