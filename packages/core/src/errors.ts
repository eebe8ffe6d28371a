const brand: unique symbol = Symbol.for('bioscan.error');

/** What went wrong, as a stable word that programs may switch on. */
export type ErrorCode =
  | 'bad-input'
  | 'bad-file'
  | 'bad-row'
  | 'missing-column'
  | 'truncated'
  | 'mismatch'
  | 'unsupported'
  | 'not-found'
  | 'cancelled'
  | 'engine';

/** Where and what: file, row, column, expected and got, as far as they are known. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/**
 * The one error of bioscan for bad data and failed work. The message reads `package: what, got …, expected …` and names the fix.
 * Recognise it with {@link isBioscanError}, which works across duplicate copies of the package.
 * Programming mistakes are `TypeError` and `RangeError` instead.
 */
export class BioscanError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'BioscanError';
    this.code = code;
    this.details = details;
    Object.defineProperty(this, brand, { value: true });
  }
}

/** True for a {@link BioscanError} of any copy of this package. */
export function isBioscanError(value: unknown): value is BioscanError {
  return typeof value === 'object' && value !== null && brand in value;
}

/** True for the error of training that diverged (`details.reason` is `not-finite`): a loss, a gradient or a parameter is no finite number. */
export function isNotFinite(value: unknown): value is BioscanError {
  return isBioscanError(value) && value.details['reason'] === 'not-finite';
}

/** Throws a `cancelled` {@link BioscanError} when the signal has fired; long work calls it between its steps. */
export function throwIfCancelled(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted === true) {
    throw new BioscanError('cancelled', `${what}: cancelled`, {}, { cause: signal.reason });
  }
}

/** The candidate nearest in spelling to `name`, for messages that suggest the fix; undefined when nothing is close. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 2)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
