import { ranks } from '@bioscan/core';
import { coordinatePair, decimal } from '../table/column-parser.js';
import type { ColumnSchema, TableSchema } from '../table/table-schema.js';

const curation: readonly ColumnSchema[] = [
  {
    name: 'identified_by',
    field: 'identifier',
    aliases: ['identifier', 'identification_provided_by', 'identified by'],
  },
  { name: 'identification_method', field: 'identificationMethod' },
  { name: 'voucher_type', field: 'voucher', aliases: ['voucher_status', 'vouchertype', 'voucher'] },
  { name: 'inst', field: 'institution', aliases: ['institution', 'institution_storing', 'inst_name'] },
  { name: 'museumid', field: 'museumId', aliases: ['museum_id'] },
  { name: 'collectors', field: 'collectors', aliases: ['collector'] },
  { name: 'collection_date', field: 'collectionDate', aliases: ['collection_date_start', 'collectiondate'] },
  { name: 'site', field: 'site', aliases: ['exactsite', 'exact_site'] },
  { name: 'region', field: 'region' },
  { name: 'sector', field: 'sector' },
  { name: 'sex', field: 'sex' },
  { name: 'life_stage', field: 'lifeStage', aliases: ['lifestage'] },
  { name: 'notes', field: 'note', aliases: ['note'] },
];

/**
 * Public records of BOLD as tab-separated text, and Barcode Core Data Model exports through aliases (`nuc`, `bin_uri`, `coord`, `country/ocean` …), with what a curator asks about.
 * BOLD quotes nothing: a quote in a note is a quote.
 */
export const bold: TableSchema = {
  name: 'bold',
  delimiter: '\t',
  quotes: 'literal',
  missing: [],
  columns: [
    { name: 'processid', field: 'processId', required: true },
    { name: 'sampleid', field: 'sampleId' },
    { name: 'dna_bin', field: 'bin', aliases: ['bin_uri', 'uri', 'bin'] },
    ...ranks.map((rank) => ({ name: rank, field: rank, aliases: [`${rank}_name`] })),
    { name: 'country', field: 'country', aliases: ['country/ocean', 'country_ocean'] },
    { name: 'province', field: 'province', aliases: ['province/state', 'province_state'] },
    { name: 'lat', field: 'latitude', aliases: ['latitude', 'coord-lat'], parser: decimal(-90, 90) },
    { name: 'lon', field: 'longitude', aliases: ['longitude', 'coord-lon'], parser: decimal(-180, 180) },
    { name: 'marker', field: 'marker', aliases: ['marker_code', 'markercode'] },
    { name: 'genbank_accession', field: 'accession', aliases: ['insdc_acs', 'accession'] },
    { name: 'nucleotides', field: 'barcode', aliases: ['nuc', 'nucraw', 'dna_barcode', 'sequence', 'barcode'] },
    { name: 'source', field: 'source' },
    { name: 'coord', field: 'coordinates', parser: coordinatePair, optional: true },
    ...curation.map((column) => ({ ...column, optional: true })),
    { name: 'split', field: 'split', optional: true },
  ],
};
