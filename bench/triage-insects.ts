// The whole triage of a real table: golden counts, seconds, memory, the top 20. BIOSCAN_REAL_DATA names the folder of real data.
// npx tsx bench/triage-insects.ts [table]
import { join } from 'node:path';
import { collect, embed, embeddingsOf } from '@bioscan/core';
import { placeholderRule, readSpecimenTable } from '@bioscan/data';
import { kmerEncoder } from '@bioscan/dna/baselines';
import { binsWithSeveralNames, library, rankCases, runChecks, taxaInSeveralBins } from '@bioscan/qc';
import { exactNeighbours } from '@bioscan/runtime';
import { openRuntime } from '@bioscan/runtime/node';
import { worldMap } from './triage-worlds.js';

const root = process.env['BIOSCAN_REAL_DATA'];
const file = process.argv[2] ?? (root === undefined ? undefined : join(root, 'coi', 'insects.tsv.gz'));
if (file === undefined) throw new Error('name a table, or set BIOSCAN_REAL_DATA');

const start = performance.now();
const table = await readSpecimenTable(file);
const made = library(table, {
  isPlaceholder: ({ genus, species }) => placeholderRule({ genus, species }, 'strict') !== undefined,
});
const { haplotypes, records } = made;
console.log(`${records.length} records, ${haplotypes.barcodes.length} barcodes, ready after ${seconds(start)}`);
const counts = {
  'BINs with several species': binsWithSeveralNames(made, 'species', { minimum: 1 }).length,
  'species over several BINs': taxaInSeveralBins(made, 'species', { minimum: 1 }).length,
  'the same, 3 records or more': `${binsWithSeveralNames(made, 'species').length} / ${taxaInSeveralBins(made).length}`,
  'BINs with several genera': binsWithSeveralNames(made, 'genus').length,
  'BINs with several orders': binsWithSeveralNames(made, 'order')
    .map(({ name }) => name)
    .join(' '),
};
console.table(counts);

// The embedding is given to the triage, so its time is not the triage's.
const encoder = kmerEncoder({ k: 4 });
const inputs = haplotypes.barcodes.map((input, h) => ({
  id: records[haplotypes.members[h]?.[0] ?? -1]?.processId ?? '',
  input,
}));
const vectors = embeddingsOf(await collect(embed(encoder, inputs, { total: inputs.length })), encoder.provenance);
const searched = performance.now();
const runtime = openRuntime();
const neighbours = await exactNeighbours(runtime, vectors, vectors, { k: 40, metric: 'cosine', groupOf: (id) => id });
await runtime.close();
console.log(`neighbours in the embedding: ${seconds(searched)}`);

const checked = performance.now();
const { findings, seconds: steps } = await runChecks(made, { countries: worldMap(), neighbours });
const cases = rankCases(made, findings);
console.log(`checks: ${seconds(checked)}; peak memory ${(process.resourceUsage().maxRSS / 1e6).toFixed(2)} GB`);
console.table(steps);
const byCheck = new Map<string, number>();
for (const { check } of findings) byCheck.set(check, (byCheck.get(check) ?? 0) + 1);
console.table(Object.fromEntries([...byCheck].sort()));
for (const kind of ['error', 'novelty'] as const) {
  console.log(`\n${kind}`);
  for (const { processId, precision, findings: own } of cases
    .filter((one) => one.kind === kind)
    .slice(0, kind === 'error' ? 20 : 8)) {
    console.log(
      `${Math.round(100 * precision)} % ${processId}: ${own
        .slice(0, 3)
        .map(({ message }) => message)
        .join(' | ')}`,
    );
  }
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
