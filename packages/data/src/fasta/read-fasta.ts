import { throwIfCancelled } from '@bioscan/core';
import { openByteSource, type ByteInput } from '../io/byte-source.js';
import { decompressed } from '../io/gunzip.js';
import type { ReadOptions } from '../read-rows.js';
import { planReading } from '../table/read-plan.js';
import { rejectLog } from '../table/reject-log.js';
import { RowReader, type RawRow } from '../table/row-reader.js';
import { assembleSpecimen, type SpecimenRow } from '../table/specimen-field.js';
import { fastaHeader, skipped } from './fasta-header.js';
import { FastaRows } from './fasta-rows.js';

export interface FastaOptions extends Omit<ReadOptions, 'schema' | 'columns'> {
  /** Fields of the line after `>`: `processid|genus|species`. Default: `processid`. */
  readonly header?: string;
}

/**
 * Streams the records of a FASTA file as specimens; sequences may run over lines, gzip is recognised by its bytes.
 * Problems are set aside as `readSpecimens` does; a record without sequence is one.
 * @throws BioscanError as `readSpecimens`
 * @example
 * for await (const specimen of readFasta(Buffer.from('>ABC1-20|Apis\nACGT\nAC\n'), { header: 'processid|genus' })) console.log(specimen.barcode);
 */
export async function* readFasta(input: ByteInput, options: FastaOptions = {}): AsyncGenerator<SpecimenRow> {
  const { encoding = 'utf-8', duplicates = 'set-aside', where, signal, onProgress } = options;
  const { separator, schema } = fastaHeader(options.header ?? 'processid');
  const names = schema.columns.map((column) => column.name);
  const source = await openByteSource(input);
  const plan = planReading(
    schema,
    names,
    names.filter((name) => !name.startsWith(skipped)),
    source.file,
  );
  const reader = new RowReader(plan, schema, options.rejects ?? rejectLog(), source.file, duplicates);
  const rows = new FastaRows(source.file, separator, names.length - 1, encoding);
  let ready: SpecimenRow[] = [];
  throwIfCancelled(signal, `data: reading ${source.file}`);
  for await (const chunk of decompressed(source.chunks, source.file)) {
    throwIfCancelled(signal, `data: reading ${source.file}`);
    rows.push(chunk, onRow);
    onProgress?.({
      done: source.bytesRead(),
      ...(source.totalBytes === undefined ? {} : { total: source.totalBytes }),
    });
    yield* taken();
  }
  rows.end(onRow);
  yield* taken();

  function taken(): SpecimenRow[] {
    const block = ready;
    ready = [];
    return block;
  }

  function onRow(row: RawRow): void {
    const values = reader.read(row);
    if (values === undefined) return;
    const specimen = assembleSpecimen(plan.places, (slot) => values[slot]);
    if (where?.(specimen) !== false) ready.push(specimen);
  }
}
