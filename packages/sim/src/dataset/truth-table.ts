import { ranks } from '@bioscan/core';
import type { PlantedError } from '../errors/planted-error.js';
import { sampleId, wellName } from '../places/plates.js';
import type { Simulation } from '../simulate.js';
import { tableLines } from './atomic-file.js';
import type { Photographer } from './photographer.js';

/** One row a record: its right names, whole barcode, whose looks it has, who is on its photo, and where it lay. */
export function truthTable({ truth, species, photoOf }: Simulation, camera: Photographer): string {
  const header = [
    'processid',
    'sampleid',
    ...ranks,
    'haplotype',
    'barcode',
    'looks_like',
    'photo_of',
    'sex',
    'size',
    'site',
    'plate',
    'well',
    'collected',
  ];
  return tableLines(
    header,
    truth.map((row) => {
      const { plate, well, site, collected } = row.berth;
      const { sex, size } = camera.individualOf(row);
      return [
        row.processId,
        sampleId(plate, well),
        ...ranks.map((rank) => row.lineage[rank] ?? ''),
        row.haplotype,
        row.barcode,
        species[row.looks]?.lineage.species ?? '',
        photoOf.get(row.processId) ?? row.processId,
        sex,
        size.toFixed(3),
        site.index + 1,
        plate + 1,
        wellName(well),
        collected,
      ];
    }),
  );
}

/** One row a planted error: kind, record, others involved, what was changed and what stood there. */
export function errorTable(errors: readonly PlantedError[]): string {
  return tableLines(
    ['kind', 'processid', 'others', 'field', 'original'],
    errors.map(({ kind, processId, others, field, original }) => [kind, processId, others.join(';'), field, original]),
  );
}
