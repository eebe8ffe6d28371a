import type { SuspicionModel } from './suspicion-model.js';

/** Weights of checks that no simulated error can fit: set by hand to what one such finding is worth, and said so. */
const assumed: SuspicionModel['checks'] = {
  contaminant: { fires: 4, score: 2 },
  'conflicting-duplicate-id': { fires: 5, score: 0 },
  'genus-several-families': { fires: 1, score: 2 },
  'gender-ending': { fires: 1, score: 2 },
  'misspelt-name': { fires: 1, score: 3 },
  'not-coi': { fires: 4, score: 2 },
  'photo-against-barcode': { fires: 3, score: 3 },
  'photo-cut-off': { fires: 2, score: 1 },
  'photo-empty': { fires: 4, score: 2 },
  'photo-several-specimens': { fires: 2, score: 1 },
  'coordinates-at-sea': { fires: 1, score: 3 },
  'coordinates-unusable': { fires: 1, score: 2 },
  'range-outlier': { fires: 0.5, score: 2 },
  'reverse-complement': { fires: 5, score: 1 },
};

/**
 * How much each check weighs unless said otherwise: fitted by bench/fit-triage.ts on simulated collections with every kind of planted error, with and
 * without BINs and wells. A property of the simulator: what it does not plant, such as cryptic diversity within species at its real rate, it cannot weigh.
 */
export const fittedSuspicion: SuspicionModel = {
  source: 'SIMULATED: 8 worlds of generator bioscan-3, seeds 101-108',
  intercept: -4.683,
  prevalence: 0.134,
  checks: {
    ...assumed,
    'ambiguous-letters': { fires: 0, score: 10.871 },
    'bin-several-names': { fires: 0, score: 7.875 },
    'chimera-sign': { fires: 3.118, score: 4.416 },
    'coordinates-not-in-country': { fires: 0, score: 7.985 },
    'far-from-consensus': { fires: 0, score: 6.362 },
    'frame-shift': { fires: 4.654, score: 4.188 },
    'identical-barcode-names': { fires: 0, score: 6.502 },
    'in-frame-stop': { fires: 5.916, score: 5.357 },
    'label-against-neighbourhood': { fires: 2.079, score: 1.001 },
    'nearer-other-species': { fires: 0.633, score: 2.735 },
    'neighbouring-well': { fires: 3.444, score: 0.93 },
    'numt-sign': { fires: 2.181, score: 3.289 },
    'otu-several-names': { fires: 0, score: 4.627 },
    'photo-against-barcode': { fires: 0, score: 2.911 },
    'plate-moved': { fires: 3.425, score: 3.173 },
    'range-outlier': { fires: 0.007, score: 0.006 },
    'species-several-bins': { fires: 0, score: 1.388 },
  },
};
