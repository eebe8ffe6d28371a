import { isBioscanError } from '@bioscan/core';

/** What a shell script can rely on. */
export const exitCodes = {
  ok: 0,
  /** The work was done and found what it was asked to fail on (`audit --fail-on`). */
  findings: 1,
  usage: 2,
  /** A file, a row or an option's value is wrong; the message says which and what to do. */
  badInput: 3,
  /** The engine or this program failed. */
  failure: 4,
  /** Interrupted with Ctrl-C; what was finished is kept. */
  cancelled: 130,
} as const;

/** The exit code of an error. */
export function exitCodeOf(error: unknown): number {
  if (!isBioscanError(error)) return exitCodes.failure;
  switch (error.code) {
    case 'cancelled':
      return exitCodes.cancelled;
    case 'engine':
    case 'unsupported':
      return exitCodes.failure;
    case 'bad-input':
    case 'bad-file':
    case 'bad-row':
    case 'missing-column':
    case 'truncated':
    case 'mismatch':
    case 'not-found':
      return exitCodes.badInput;
    default:
      return error.code satisfies never;
  }
}
