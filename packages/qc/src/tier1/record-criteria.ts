import type { Specimen } from '@bioscan/core';
import { isInterimName } from '../library/interim-name.js';
import { nameSource } from '../library/name-source.js';

/** The sixteen questions of the Biodiversity Genomics Europe curation of BOLD records. */
export const criteria = [
  'species id', 'type specimen', 'sequence quality', 'public voucher', 'image', 'named identifier', 'identified by morphology', 'collectors',
  'collection date', 'country', 'site', 'region', 'sector', 'coordinates', 'institution', 'museum id',
] as const; // prettier-ignore
export type Criterion = (typeof criteria)[number];

/** Whether a record meets a criterion, and what says so. */
export interface CriterionResult {
  readonly criterion: Criterion;
  readonly met: boolean;
  /** Whether the record says anything about it. */
  readonly told: boolean;
  readonly reason: string;
}

/** Answers the sixteen criteria for a record; columns that the table lacks count as not met, with that as reason. */
export function recordCriteria(record: Specimen): CriterionResult[] {
  const { curation = {}, place = {} } = record;
  const filled = (criterion: Criterion, value: string | undefined): CriterionResult => ({
    criterion,
    met: value !== undefined,
    told: value !== undefined,
    reason: value ?? 'not given',
  });
  return [
    speciesId(record),
    typeSpecimen(record),
    sequenceQuality(record),
    publicVoucher(record),
    {
      criterion: 'image',
      met: record.image?.file !== undefined,
      told: record.image?.file !== undefined,
      reason: record.image?.file ?? 'no image',
    },
    filled('named identifier', curation.identifier),
    byMorphology(record),
    filled('collectors', curation.collectors),
    filled('collection date', curation.collectionDate),
    filled('country', place.country),
    filled('site', curation.site),
    filled('region', curation.region ?? place.province),
    filled('sector', curation.sector),
    filled('coordinates', place.latitude === undefined ? undefined : `${place.latitude}, ${place.longitude ?? 0}`),
    filled('institution', curation.institution),
    filled('museum id', curation.museumId),
  ];
}

function speciesId({ lineage }: Specimen): CriterionResult {
  const { species } = lineage;
  if (species === undefined) return { criterion: 'species id', met: false, told: false, reason: 'no species name' };
  const met = !isInterimName({ species });
  return { criterion: 'species id', met, told: true, reason: met ? species : `'${species}' is no settled name` };
}

const types = /\b(?:holo|lecto|iso|syn|para|neo|allo|paralecto|hapanto|co)-?types?\b/i;

function typeSpecimen({ curation = {} }: Specimen): CriterionResult {
  const text = [curation.voucher, curation.note].filter((part) => part !== undefined).join(' ');
  const found = types.exec(text)?.[0];
  const met = found !== undefined;
  // Vouchers of other specimens seldom speak of types.
  return { criterion: 'type specimen', met, told: met, reason: found ?? 'no type in voucher or note' };
}

/** Unambiguous bases that the pipeline asks for. */
const fewestBases = 500;

function sequenceQuality({ bin, barcode = '' }: Specimen): CriterionResult {
  const letters = barcode.toUpperCase().replace(/^[^ACGT]+|[^ACGT]+$/g, '');
  const bases = letters.length - letters.replace(/[ACGT]/g, '').length;
  const met = bin !== undefined && bases >= fewestBases;
  const told = bin !== undefined || bases > 0;
  return { criterion: 'sequence quality', met, told, reason: `${bin ?? 'no BIN'}, ${bases} unambiguous bases` };
}

function publicVoucher({ curation = {} }: Specimen): CriterionResult {
  const { voucher } = curation;
  const met =
    voucher !== undefined &&
    /vouchered|public|museum|dna|tissue|registered/i.test(voucher) &&
    !/no voucher|private|lost|destroyed/i.test(voucher);
  return { criterion: 'public voucher', met, told: voucher !== undefined, reason: voucher ?? 'not given' };
}

function byMorphology({ curation = {} }: Specimen): CriterionResult {
  const { identificationMethod: method } = curation;
  return {
    criterion: 'identified by morphology',
    met: nameSource(method) === 'specimen',
    told: method !== undefined,
    reason: method ?? 'not given',
  };
}
