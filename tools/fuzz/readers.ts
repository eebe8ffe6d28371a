/**
 * Fuzzes the readers of model files: `npx tsx --conditions=@bioscan/source tools/fuzz/readers.ts --count 100000 --reader onnx`.
 * Mutants follow from (seed, reader, index), so that a failure is found again; a stopped run goes on where it was.
 * Options: --count (for each reader), --seed, --reader (default all), --batch, --fresh, --out <folder for the progress>.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { allowedGrowth, runBatch } from './batch.js';
import { readers } from './registry.js';

interface Progress {
  done: number;
  outcomes: Record<string, number>;
  failures: string[];
  mostGrown: number;
}

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    reader: { type: 'string' },
    batch: { type: 'string', default: '2500' },
    fresh: { type: 'boolean', default: false },
    out: { type: 'string', default: 'out/fuzz' },
  },
});
mkdirSync(options.out, { recursive: true });
let failed = false;
for (const { name } of readers) {
  if (options.reader !== undefined && options.reader !== name) continue;
  const progress = await fuzz(name, Number(options.seed), Number(options.count), Number(options.batch));
  failed ||= progress.failures.length > 0;
  const { done, outcomes, failures, mostGrown } = progress;
  console.log(`${name}: ${done} mutants of seed ${options.seed}`, outcomes);
  console.log(`  most memory above the baseline: ${(mostGrown / 2 ** 20).toFixed(1)} MB; ${failures.length} failures`);
  for (const failure of failures.slice(0, 10)) console.log(`  ${failure}`);
}
process.exitCode = failed ? 1 : 0;

async function fuzz(reader: string, seed: number, count: number, size: number): Promise<Progress> {
  const path = join(options.out, `${reader}-${seed}.json`);
  const progress = options.fresh ? fresh() : resumed(path);
  while (progress.done < count) {
    const from = progress.done;
    const to = Math.min(from + size, count);
    const result = await runBatch({ reader, seed, from, to });
    if ('failure' in result) {
      progress.failures.push(`mutants ${result.near} to ${result.near + 50}: the child ${result.failure}`);
    } else {
      for (const [outcome, n] of Object.entries(result.outcomes))
        progress.outcomes[outcome] = (progress.outcomes[outcome] ?? 0) + n;
      for (const { index, error } of result.broken) progress.failures.push(`mutant ${index}: ${error}`);
      progress.mostGrown = Math.max(progress.mostGrown, result.grown);
      if (result.grown > allowedGrowth(result.largest)) {
        progress.failures.push(`mutants ${from} to ${to}: ${Math.round(result.grown / 2 ** 20)} MB above the baseline`);
      }
    }
    progress.done = to;
    writeFileSync(path, JSON.stringify(progress));
    console.log(`${reader} ${to} / ${count}, ${progress.failures.length} failures`);
  }
  return progress;
}

function fresh(): Progress {
  return { done: 0, outcomes: {}, failures: [], mostGrown: 0 };
}

function resumed(path: string): Progress {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Progress;
  } catch {
    return fresh();
  }
}
