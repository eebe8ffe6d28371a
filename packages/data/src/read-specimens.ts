import { openByteSource, type ByteInput } from './io/byte-source.js';
import { readRows, type ReadOptions } from './read-rows.js';
import { assembleSpecimen, type SpecimenRow } from './table/specimen-field.js';
import type { ReadPlan } from './table/read-plan.js';

/**
 * Streams the specimens of a table, in its order; gzip is recognised by its bytes.
 * Bad rows and fields are counted in `options.rejects` and the rest is read; sequences come as the table has them.
 * Memory: one chunk, and the process ids unless `duplicates` is `keep`.
 * @throws BioscanError for files that cannot be read as a whole: `not-found`, `truncated`, `bad-file`, `missing-column`, `unsupported`, `cancelled`.
 * @example
 * const table = Buffer.from('processid\tspecies\tnucleotides\nABC1-20\tApis mellifera\tACGT\n');
 * for await (const specimen of readSpecimens(table)) console.log(specimen.processId, specimen.lineage.species);
 */
export async function* readSpecimens(input: ByteInput, options: ReadOptions = {}): AsyncGenerator<SpecimenRow> {
  let plan: ReadPlan | undefined;
  let ready: SpecimenRow[] = [];
  const source = await openByteSource(input);
  const rows = readRows(source, options, {
    start: (planned) => {
      plan = planned;
    },
    row: (values) => {
      const specimen = assembleSpecimen(plan?.places ?? [], (slot) => values[slot]);
      if (options.where?.(specimen) !== false) ready.push(specimen);
    },
  });
  try {
    while ((await rows.next()).done !== true) {
      const block = ready;
      ready = [];
      yield* block;
    }
  } finally {
    await rows.return(undefined);
  }
}
