import { ranks } from '@bioscan/core';
import { decimal } from '../table/column-parser.js';
import type { TableSchema } from '../table/table-schema.js';

/**
 * The metadata CSV of Canadian Invertebrates (12 columns, 965,289 rows as published), and the older files of BarcodeBERT through aliases. It has no subfamily.
 * Source: https://github.com/bioscan-ml/dataset.
 */
export const canadianInvertebrates: TableSchema = {
  name: 'canadian-invertebrates',
  delimiter: ',',
  quotes: 'rfc4180',
  missing: [],
  columns: [
    { name: 'processid', field: 'processId', required: true },
    { name: 'sampleid', field: 'sampleId' },
    { name: 'dna_bin', field: 'bin', aliases: ['bin_uri'] },
    ...ranks
      .filter((rank) => rank !== 'subfamily')
      .map((rank) => ({ name: rank, field: rank, aliases: [`${rank}_name`] })),
    { name: 'dna_barcode', field: 'barcode', aliases: ['nucleotides'] },
    { name: 'sequence_len', parser: decimal(0) },
    { name: 'split', field: 'split' },
  ],
};
