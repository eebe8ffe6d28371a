import { BioscanError } from '@bioscan/core';
import { writeAtomically } from '../io/atomic-write.js';
import { text } from '../table/column-parser.js';
import type { SpecimenRow } from '../table/specimen-field.js';
import { columnValue } from '../table/specimen-values.js';
import { fastaHeader, type FastaHeader } from './fasta-header.js';

export interface WriteFastaOptions {
  /** As `readFasta`. Default: `processid`. */
  readonly header?: string;
  /** Letters a line; 0 for one line. Default: 80. */
  readonly lineLength?: number;
}

/**
 * Writes barcodes as FASTA, atomically; a path that ends in `.gz` is compressed. Specimens without a barcode are left out and counted.
 * @throws BioscanError `bad-input` for a header value that holds the separator or a line end, or a barcode with blanks.
 */
export async function writeFasta(
  path: string,
  specimens: Iterable<SpecimenRow> | AsyncIterable<SpecimenRow>,
  options: WriteFastaOptions = {},
): Promise<{ readonly records: number; readonly withoutBarcode: number }> {
  const format = fastaHeader(options.header ?? 'processid');
  const count = { records: 0, withoutBarcode: 0 };
  await writeAtomically(path, records());
  return count;

  async function* records(): AsyncGenerator<string> {
    for await (const specimen of specimens) {
      if (specimen.barcode === undefined) count.withoutBarcode++;
      else {
        count.records++;
        yield recordText(specimen, specimen.barcode, format, options.lineLength ?? 80);
      }
    }
  }
}

function recordText(specimen: SpecimenRow, barcode: string, { separator, schema }: FastaHeader, width: number): string {
  const fields = schema.columns.slice(0, -1).map((column) => {
    const value = columnValue(specimen, column);
    if (value === undefined) return '';
    return (column.parser ?? text).format(value);
  });
  const clash = separator === undefined ? /\s/u : /[\r\n]/u;
  for (const field of fields) {
    const bad = clash.test(field) || field.trim() !== field || (separator !== undefined && field.includes(separator));
    if (bad) throw unwritable(specimen, `header value '${field}'`);
  }
  if (barcode === '' || /[\s>]/u.test(barcode)) throw unwritable(specimen, 'a barcode that is empty or holds blanks');
  return `>${fields.join(separator ?? '')}\n${wrapped(barcode, width)}\n`;
}

function wrapped(barcode: string, width: number): string {
  if (width <= 0) return barcode;
  const lines: string[] = [];
  for (let start = 0; start < barcode.length; start += width) lines.push(barcode.slice(start, start + width));
  return lines.join('\n');
}

function unwritable({ processId }: SpecimenRow, what: string): BioscanError {
  return new BioscanError(
    'bad-input',
    `data: ${processId}: cannot write ${what} as FASTA; choose another header format`,
    { processId },
  );
}
