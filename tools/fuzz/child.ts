/** Reads the mutants `from` to `to` of one reader and reports to its parent; started by batch.ts. */
import { isBioscanError, rng } from '@bioscan/core';
import { mutate } from './mutate.js';
import { readers } from './registry.js';
import type { ChildReport } from './batch.js';

const [name, seed, from, to] = process.argv.slice(2) as [string, string, string, string];
const reader = readers.find((item) => item.name === name);
if (reader === undefined) throw new RangeError(`no reader ${name}`);
const seeds = reader.seeds();
// What the good files cost is the baseline: code compiled, caches filled.
for (const bytes of seeds) attempt(bytes);
const baseline = process.resourceUsage().maxRSS * 1024;
const outcomes: Record<string, number> = {};
const broken: { index: number; error: string }[] = [];
let largest = 0;
for (let index = Number(from); index < Number(to); index++) {
  const bytes = mutate(seeds, rng(Number(seed)).split(`${name} ${index}`));
  largest = Math.max(largest, bytes.length);
  const error = attempt(bytes);
  const outcome = error === undefined ? 'read' : isBioscanError(error) ? error.code : 'broken';
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  if (outcome === 'broken')
    broken.push({ index, error: String(error instanceof Error ? error.stack : error).slice(0, 600) });
  if (index % 50 === 0) process.send?.({ at: index });
}
const peak = process.resourceUsage().maxRSS * 1024;
process.send?.({ outcomes, broken, largest, grown: peak - baseline } satisfies ChildReport);

function attempt(bytes: Uint8Array): unknown {
  try {
    reader?.read(bytes);
    return undefined;
  } catch (error) {
    return error;
  }
}
