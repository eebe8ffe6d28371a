import { ranks } from '@bioscan/core';
import type { RowRepair, TableSchema } from '../table/table-schema.js';

const experiments = ['large', 'medium', 'small'].flatMap((size) => [`${size}_diptera_family`, `${size}_insect_order`]);

/**
 * The metadata table of BIOSCAN-1M (28 columns, tab-separated; 1,128,313 rows as published). `not_classified` means absent.
 * The six experiment columns, `tribe`, `subspecies`, `name` and the copyright columns are kept in `other`.
 * Source: https://github.com/bioscan-ml/BIOSCAN-1M, metadata.
 */
export const bioscan1m: TableSchema = {
  name: 'bioscan1m',
  delimiter: '\t',
  quotes: 'rfc4180',
  missing: ['not_classified'],
  columns: [
    { name: 'sampleid', field: 'sampleId' },
    { name: 'processid', field: 'processId', required: true },
    { name: 'uri', field: 'bin', aliases: ['dna_bin', 'bin_uri'] },
    { name: 'name', aliases: ['taxon'] },
    ...ranks.slice(0, 5).map((rank) => ({ name: rank, field: rank })),
    { name: 'tribe' },
    ...ranks.slice(5).map((rank) => ({ name: rank, field: rank })),
    { name: 'subspecies' },
    { name: 'nucraw', field: 'barcode', aliases: ['dna_barcode'] },
    { name: 'image_file', field: 'imageFile' },
    ...sorted(experiments).map((name) => ({ name })),
    { name: 'chunk_number', field: 'imageChunk' },
    { name: 'copyright_license', aliases: ['licence', 'license'] },
    { name: 'copyright_holder' },
    { name: 'copyright_institution' },
    { name: 'copyright_contact' },
    { name: 'photographer' },
    { name: 'author' },
    { name: 'orgpic_id', optional: true },
    { name: 'image_name', optional: true },
    { name: 'image_tar', optional: true },
    { name: 'split', field: 'split', optional: true },
  ],
};

/** In the published order: the three Diptera experiments, then the three order experiments. */
function sorted(names: readonly string[]): string[] {
  return [...names.filter((name) => name.includes('diptera')), ...names.filter((name) => name.includes('order'))];
}

const tribeOfGenus: Readonly<Record<string, string>> = {
  Asteia: 'Asteiini',
  Nemorilla: 'Winthemiini',
  Philaenus: 'Philaenini',
};

/** Fills in labels as the Python loader of BIOSCAN-1M does, in its order. */
const loaderRepair: RowRepair = {
  uses: ['family', 'subfamily', 'tribe', 'genus', 'species'],
  apply(get, set) {
    const species = get('species');
    const corrected = tribeOfGenus[String(get('genus'))];
    if (corrected !== undefined) set('tribe', corrected);
    if (get('genus') === undefined && typeof species === 'string') set('genus', species.split(' ', 1)[0] ?? species);
    const parent = get('subfamily') ?? get('family');
    if (get('tribe') === undefined && get('genus') !== undefined && parent !== undefined)
      set('tribe', `unassigned ${parent}`);
    const family = get('family');
    if (get('subfamily') === undefined && get('tribe') !== undefined && family !== undefined)
      set('subfamily', `unassigned ${family}`);
  },
};

/**
 * BIOSCAN-1M with the label repairs of its Python loader: three tribes by genus, genus from the first word of the species, and `unassigned …` for a tribe or subfamily that is missing above a known rank.
 * Source: https://github.com/bioscan-ml/dataset.
 */
export const bioscan1mRepaired: TableSchema = { ...bioscan1m, name: 'bioscan1m-repaired', repair: loaderRepair };
