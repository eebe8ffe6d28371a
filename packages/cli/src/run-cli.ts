import { CommanderError } from 'commander';
import { isBioscanError } from '@bioscan/core';
import { openConsole, type Streams } from './console.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import { program } from './program.js';

/**
 * Runs `bioscan` with the words after its name.
 * @returns the exit code; never throws for wrong input and never exits the process.
 */
export async function runCli(words: readonly string[], streams: Streams): Promise<number> {
  const cancel = new AbortController();
  const interrupt = (): void => {
    cancel.abort();
  };
  process.once('SIGINT', interrupt);
  const outcome = { exitCode: exitCodes.ok as number };
  try {
    await program(streams, cancel.signal, outcome).parseAsync([...words], { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    explain(error, words, streams);
    return exitCodeOf(error);
  } finally {
    process.off('SIGINT', interrupt);
  }
}

function explain(error: unknown, words: readonly string[], streams: Streams): void {
  const console = openConsole(streams, words.includes('--json'));
  if (isBioscanError(error)) {
    console.say(error.message);
    if (console.json)
      console.result('', { error: { code: error.code, message: error.message, details: error.details } });
    return;
  }
  console.say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  console.say('This is a fault of bioscan, not of your data: please report it with the lines above.');
}
