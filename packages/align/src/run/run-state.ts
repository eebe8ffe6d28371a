import { BioscanError, isBioscanError, type Store, type TrainingState } from '@bioscan/core';
import { decodeCheckpoint, encodeCheckpoint } from '@bioscan/graph';

/** A validation score and the step after which it was taken. */
export interface Evaluation {
  readonly step: number;
  readonly score: number;
}

/** How far a run has come, beside its parameters and moments. */
export interface RunProgress {
  readonly best?: Evaluation;
  /** Steps before the latest evaluation; 0: there was none. */
  readonly evaluated: number;
  /** Evaluations since the best. */
  readonly withoutGain: number;
  /** True when it ended before its budget, out of patience. */
  readonly stopped: boolean;
}

const kind = 'alignment-run';

export const atStart: RunProgress = { evaluated: 0, withoutGain: 0, stopped: false };

/** The checkpoint that a resume reads. */
export function encodeRunState(state: TrainingState, run: string, progress: RunProgress): Uint8Array {
  return encodeCheckpoint(state, JSON.stringify({ kind, run, ...progress }));
}

/**
 * The checkpoint of a run, if there is one.
 * @throws BioscanError `truncated` or `bad-file` naming the file and the fix; `mismatch` when it is of another run
 */
export async function readRunState(
  store: Store,
  name: string,
  run: string,
): Promise<{ readonly state: TrainingState; readonly progress: RunProgress } | undefined> {
  if (!(await store.list(name)).includes(name)) return undefined;
  const { state, metadata } = decoded(name, await store.read(name));
  const note = parsedNote(metadata);
  if (note.kind !== kind) throw badCheckpoint('bad-file', name, `kind ${JSON.stringify(note.kind ?? 'none')}`);
  if (note.run !== run) {
    throw new BioscanError(
      'mismatch',
      `align: '${name}' is of another run than the config beside it; remove it to start anew, or put back the config it came with`,
      { name },
    );
  }
  const { best, evaluated = 0, withoutGain = 0, stopped = false } = note;
  return { state, progress: { evaluated, withoutGain, stopped, ...(best === undefined ? {} : { best }) } };
}

type Note = Partial<RunProgress> & { readonly kind?: unknown; readonly run?: unknown };

function parsedNote(metadata: string): Note {
  try {
    return JSON.parse(metadata) as Note;
  } catch {
    return {};
  }
}

function decoded(name: string, bytes: Uint8Array): ReturnType<typeof decodeCheckpoint> {
  try {
    return decodeCheckpoint(bytes);
  } catch (cause) {
    if (!isBioscanError(cause)) throw cause;
    throw badCheckpoint(
      cause.code === 'truncated' ? 'truncated' : 'bad-file',
      name,
      `a damaged file (${cause.message})`,
      cause,
    );
  }
}

function badCheckpoint(code: 'truncated' | 'bad-file', name: string, got: string, cause?: unknown): BioscanError {
  return new BioscanError(
    code,
    `align: '${name}', got ${got}, expected the checkpoint of a run; remove it to start anew (best.safetensors stays usable until it is written again)`,
    { name },
    { cause },
  );
}
