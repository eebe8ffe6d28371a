/**
 * # A simulated BIOSCAN
 *
 * Makes a data set in the layout of BIOSCAN-5M whose truth is known, reads it back as one would read the real one, and looks at it: what is
 * labelled, where it comes from, which errors were planted, what the insects look like.
 *
 *     pnpm tsx examples/04-simulated-bioscan.ts --specimens 4000 --out out/simulated
 *
 * Options: --out <folder>, --specimens <n>, --seed <n>, --world <key of worlds>, --errors <percent>. A stopped run goes on when it is called again.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ranks, type SplitName } from '@bioscan/core';
import { imagePath, readSpecimenTable, splitTable, validateSplits } from '@bioscan/data';
import { tableText } from '@bioscan/report';
import { datasetFiles, errorsAt, simulate, worlds, writeDataset, type WorldKey } from '@bioscan/sim';

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: 'out/simulated' },
    specimens: { type: 'string', default: '600' },
    seed: { type: 'string', default: '1' },
    world: { type: 'string', default: 'standard' },
    errors: { type: 'string', default: '1' },
  },
});
const usual = worlds[options.world as WorldKey];
const world = { ...usual, errors: errorsAt(Number(options.errors) / 100) };
const settings = { seed: Number(options.seed), specimens: Number(options.specimens), world };

// ## 1. Make it
//
// Records take seconds, photos about 15 ms each on a core. Settings and generator are hashed: whatever rests on this data set can name it.

const summary = await writeDataset(options.out, settings, { photos: 256 });
console.log(summary.banner);
console.log(`${world.name}: ${world.about}`);
console.log(`data set ${summary.hash.slice(0, 12)}, world ${summary.worldHash.slice(0, 12)}`);

// ## 2. Read it as the real one
//
// Nothing here knows that the table is simulated.

const table = await readSpecimenTable(join(options.out, datasetFiles.metadata));
const records = [...table];
console.log(`\n${records.length} records, ${table.rejects.count} rejected`);
const labelled = ranks.map((rank) => [
  rank,
  share(records.filter(({ lineage }) => lineage[rank] !== undefined).length),
]);
console.log(tableText({ title: 'Labelled', columns: ['rank', '% of records'], rows: labelled }));
console.log(
  tableText({
    title: 'Countries',
    columns: ['country', '% of records'],
    rows: commonest(({ place }) => place?.country),
  }),
);
console.log(
  tableText({ title: 'Orders', columns: ['order', '% of records'], rows: commonest(({ lineage }) => lineage.order) }),
);
const [first] = records;
if (first?.split !== undefined) {
  console.log(`a photo: ${imagePath(first.processId, first.split as SplitName, { imageType: 'original_256' })}`);
}

// ## 3. What was planted
//
// The same settings without errors give the same records but for the planted ones; `simulate` gives them without writing anything.

const { errors } = simulate(settings);
const kinds = [...new Set(errors.map(({ kind }) => kind))];
const rows = kinds.map((kind) => [kind, errors.filter((error) => error.kind === kind).length]);
console.log(tableText({ title: 'Planted errors', columns: ['kind', 'records'], rows }));

// ## 4. Who is seen, who is unseen
//
// The split was made before the errors were planted, so the published rules are broken by them alone.

const assignment = new Map(records.map(({ processId, split = '' }) => [processId, split]));
console.log(tableText(splitTable(records, assignment)));
for (const finding of validateSplits(records, assignment)) console.log(finding.severity, finding.message);

// ## 5. Look at it

console.log(`\nContact sheet: ${join(options.out, datasetFiles.contactSheet)}`);

function share(count: number): string {
  return ((100 * count) / records.length).toFixed(1);
}

function commonest(nameOf: (record: (typeof records)[number]) => string | undefined): [string, string][] {
  const counts = new Map<string, number>();
  for (const record of records) {
    const name = nameOf(record) ?? '(none)';
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 6)
    .map(([name, count]) => [name, share(count)]);
}
