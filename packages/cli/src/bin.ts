import { runCli } from './run-cli.js';

/** What the `bioscan` executable runs; resolves to the exit code. */
export function main(): Promise<number> {
  return runCli(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr });
}
