import { openByteSource, type ByteInput } from './io/byte-source.js';
import { readRows, type ReadOptions } from './read-rows.js';
import { columnBuilder, specimenTable, type SpecimenTable } from './specimen-table.js';
import type { ReadPlan } from './table/read-plan.js';
import { rejectLog } from './table/reject-log.js';
import { assembleSpecimen } from './table/specimen-field.js';
import type { TableSchema } from './table/table-schema.js';

/**
 * Reads a table into columns; see `readSpecimens` for what is read and what is set aside.
 * Memory: four bytes a row and text column, eight a number, and each distinct text once. Ask for few `columns` where the table is long.
 * @example
 * const table = await readSpecimenTable(Buffer.from('processid,species,dna_barcode\nABC1-20,Apis mellifera,ACGT\n'));
 * console.log(table.length, table.specimen(0).barcode, table.rejects.count);
 */
export async function readSpecimenTable(input: ByteInput, options: ReadOptions = {}): Promise<SpecimenTable> {
  const rejects = options.rejects ?? rejectLog();
  const source = await openByteSource(input);
  const state: { plan?: ReadPlan; schema?: TableSchema } = {};
  let builders: ReturnType<typeof columnBuilder>[] = [];
  let length = 0;
  const rows = readRows(
    source,
    { ...options, rejects },
    {
      start(planned, used) {
        state.plan = planned;
        state.schema = used;
        builders = planned.slots.map((slot, index) => columnBuilder(slot, planned.types[index] ?? 'text'));
      },
      row(values) {
        if (options.where?.(assembleSpecimen(state.plan?.places ?? [], (slot) => values[slot])) === false) return;
        for (let slot = 0; slot < builders.length; slot++) builders[slot]?.add(values[slot]);
        length++;
      },
    },
  );
  while ((await rows.next()).done !== true) continue;
  const columns = builders.map((builder) => builder.finish(length));
  const origin = {
    file: source.file,
    bytes: source.bytesRead(),
    sha256: source.sha256(),
    schema: state.schema?.name ?? '',
    misspelt: state.plan?.misspelt ?? [],
  };
  return specimenTable(columns, length, origin, rejects);
}
