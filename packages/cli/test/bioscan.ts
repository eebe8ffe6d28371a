import { Writable } from 'node:stream';
import { runCli } from '@bioscan/cli';

/** What a command left behind. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command of bioscan in this process. */
export async function bioscan(...words: string[]): Promise<Outcome> {
  const text = { out: '', err: '' };
  const sink = (name: 'out' | 'err'): Writable =>
    new Writable({
      write(chunk: Buffer, _, done) {
        text[name] += chunk.toString();
        done();
      },
    });
  return { code: await runCli(words, { stdout: sink('out'), stderr: sink('err') }), ...text };
}
