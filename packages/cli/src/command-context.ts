import type { Command } from 'commander';
import type { Console } from './console.js';

/** What every command gets beside its own arguments. */
export interface CommandContext {
  readonly console: Console;
  /** Fires at Ctrl-C: long work stops between two steps and keeps what it has. */
  readonly signal: AbortSignal;
  /** Asks for an exit code other than 0 without an error (`audit --fail-on`). */
  exit(code: number): void;
}

/** Adds one command to the program; `contextOf` is called when it runs. */
export type AddCommand = (program: Command, contextOf: (command: Command) => CommandContext) => void;
