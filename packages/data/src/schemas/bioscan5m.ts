import { ranks } from '@bioscan/core';
import { decimal, wholeNumber } from '../table/column-parser.js';
import type { TableSchema } from '../table/table-schema.js';

/**
 * The metadata CSV of BIOSCAN-5M (23 columns; 5,150,850 rows as published).
 * `chunk` stays text (`05`, `2e`), `index_bioscan_1M_insect` is read from `150502.0`, `inferred_ranks` is kept raw in `other`: its encoding is published nowhere.
 * Source: https://github.com/bioscan-ml/BIOSCAN-5M, BIOSCAN_metadata.
 */
export const bioscan5m: TableSchema = {
  name: 'bioscan5m',
  delimiter: ',',
  quotes: 'rfc4180',
  missing: [],
  columns: [
    { name: 'processid', field: 'processId', required: true },
    { name: 'sampleid', field: 'sampleId' },
    { name: 'taxon' },
    ...ranks.map((rank) => ({ name: rank, field: rank })),
    { name: 'dna_bin', field: 'bin', aliases: ['uri', 'bin_uri'] },
    { name: 'dna_barcode', field: 'barcode', aliases: ['nucraw'] },
    { name: 'country', field: 'country' },
    { name: 'province_state', field: 'province', aliases: ['province/state'] },
    { name: 'coord-lat', field: 'latitude', aliases: ['latitude', 'lat'], parser: decimal(-90, 90) },
    { name: 'coord-lon', field: 'longitude', aliases: ['longitude', 'lon'], parser: decimal(-180, 180) },
    { name: 'image_measurement_value', field: 'maskPixels', aliases: ['surface_area'], parser: decimal(0) },
    { name: 'area_fraction', field: 'areaFraction', parser: decimal(0) },
    { name: 'scale_factor', field: 'scaleFactor', parser: decimal(0) },
    { name: 'inferred_ranks', aliases: ['label_was_inferred'] },
    { name: 'split', field: 'split' },
    { name: 'index_bioscan_1M_insect', aliases: ['bioscan1M_index'], parser: wholeNumber },
    { name: 'chunk', field: 'imageChunk', aliases: ['chunk_number'] },
    { name: 'image_file', field: 'imageFile', optional: true },
  ],
};
