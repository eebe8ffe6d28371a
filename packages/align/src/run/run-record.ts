import { BioscanError, sha256, type OptimizerPlan, type Store } from '@bioscan/core';
import type { SettledAlignmentBudget } from './alignment-budget.js';
import type { Sampler } from './sampler.js';

/** Everything that fixes a run, as plain JSON: `config.json` of its folder. */
export interface RunRecord {
  /** What the model is: modalities, objective, widths. */
  readonly model: unknown;
  /** By modality: SHA-256 of the pretrained weights that its tower starts from. */
  readonly weights: Readonly<Record<string, string>>;
  readonly data: DataRecord;
  readonly validation:
    (DataRecord & { readonly score: string; readonly every: number; readonly patience?: number }) | null;
  readonly sampler: Sampler;
  readonly budget: SettledAlignmentBudget;
  readonly optimizer: OptimizerPlan;
  /** Decay of the moving average of the parameters. */
  readonly average: number | null;
  readonly seed: number;
}

export interface DataRecord {
  readonly hash: string;
  readonly rows: number;
}

const format = 'bioscan-alignment';
const version = 1;

/**
 * Writes the record of a run into its folder, or finds there that it is this run's. Versions are noted where the run began and not compared.
 * @throws BioscanError `mismatch` naming what differs; `bad-file`
 */
export async function claimFolder(
  store: Store,
  name: string,
  record: RunRecord,
  versions: Readonly<Record<string, string>>,
): Promise<void> {
  if ((await store.list(name)).includes(name)) {
    const found = readRecord(name, await store.read(name));
    const other = difference(found, record);
    if (other !== undefined) throw anotherRun(name, other);
    return;
  }
  const text = JSON.stringify({ format, version, ...record, versions }, undefined, 2);
  await store.write(name, new TextEncoder().encode(`${text}\n`));
}

/** Short name of a record: equal for equal runs. */
export function recordHash(record: RunRecord): string {
  return sha256(canonical(record));
}

function readRecord(name: string, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw badRecord(name, 'text that is not JSON', cause);
  }
  if (typeof value !== 'object' || value === null) throw badRecord(name, JSON.stringify(value));
  const found = value as Readonly<Record<string, unknown>>;
  if (found['format'] !== format) throw badRecord(name, `format ${JSON.stringify(found['format'] ?? 'none')}`);
  if (found['version'] !== version) throw badRecord(name, `version ${JSON.stringify(found['version'] ?? 'none')}`);
  return found;
}

/** Path and values of the first difference, such as `budget.steps`. */
function difference(
  stored: unknown,
  ours: unknown,
  path = '',
): { path: string; theirs: string; ours: string } | undefined {
  if (canonical(stored) === canonical(ours)) return undefined;
  if (isPlain(stored) && isPlain(ours)) {
    const names = path === '' ? Object.keys(ours) : [...new Set([...Object.keys(ours), ...Object.keys(stored)])];
    for (const name of names) {
      const found = difference(stored[name], ours[name], path === '' ? name : `${path}.${name}`);
      if (found !== undefined) return found;
    }
    if (path === '') return undefined;
  }
  return { path, theirs: shown(stored), ours: shown(ours) };
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** JSON with sorted keys, so that the order in which an object was written does not count. */
export function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, part: unknown) =>
    isPlain(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

function anotherRun(
  name: string,
  { path, theirs, ours }: { path: string; theirs: string; ours: string },
): BioscanError {
  const what = path.startsWith('data.') || path.startsWith('validation.hash') ? ' (other data)' : '';
  return new BioscanError(
    'mismatch',
    `align: '${name}' is of another run: its ${path} is ${theirs}, got ${ours}${what}, expected the same arguments; choose another folder or remove this one`,
    { name, argument: path },
  );
}

function badRecord(name: string, got: string, cause?: unknown): BioscanError {
  return new BioscanError(
    'bad-file',
    `align: '${name}', got ${got}, expected the record of a run (format ${format}, version ${version}); choose another folder or remove this one`,
    { name },
    { cause },
  );
}
