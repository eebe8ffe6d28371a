import type { Finding } from '@bioscan/core';

/** The record-level reports that the BIOSCAN-5M project takes. */
export const reportCategories = [
  'no insect',
  'insect not clearly visible',
  'broken insect',
  'several insects',
  'cropped incorrectly',
  'metadata incorrect',
  'contest label',
  'suggest deeper label',
  'other',
] as const;
export type ReportCategory = (typeof reportCategories)[number];

const byCheck: Readonly<Record<string, ReportCategory>> = {
  'photo-empty': 'no insect',
  'photo-unclear': 'insect not clearly visible',
  'photo-several-specimens': 'several insects',
  'photo-cut-off': 'cropped incorrectly',
  'coordinates-not-in-country': 'metadata incorrect',
  'coordinates-at-sea': 'metadata incorrect',
  'coordinates-unusable': 'metadata incorrect',
  'range-outlier': 'metadata incorrect',
  'conflicting-duplicate-id': 'metadata incorrect',
  'plate-moved': 'metadata incorrect',
  'neighbouring-well': 'metadata incorrect',
  'genus-several-families': 'contest label',
  'bin-several-names': 'contest label',
  'identical-barcode-names': 'contest label',
  'nearer-other-species': 'contest label',
  'label-against-neighbourhood': 'contest label',
  'otu-several-names': 'contest label',
  'species-several-bins': 'contest label',
  'far-from-consensus': 'contest label',
  'misspelt-name': 'contest label',
  'gender-ending': 'contest label',
  'photo-against-barcode': 'contest label',
  'deeper-name': 'suggest deeper label',
  synonym: 'contest label',
};

/** The category under which a finding would be reported to the project. */
export function reportCategory({ check }: Pick<Finding, 'check'>): ReportCategory {
  return byCheck[check] ?? 'other';
}
