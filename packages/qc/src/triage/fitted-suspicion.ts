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
  source: 'SIMULATED: 8 worlds of generator bioscan-3',
  intercept: -5.179,
  prevalence: 0.13,
  checks: {
    ...assumed,
    'ambiguous-letters': { fires: 0, score: 11.917 },
    'bin-several-names': { fires: 0.068, score: 8.319 },
    'chimera-sign': { fires: 3.435, score: 4.607 },
    'coordinates-not-in-country': { fires: 0, score: 8.668 },
    'far-from-consensus': { fires: 0.1, score: 6.68 },
    'frame-shift': { fires: 4.946, score: 4.452 },
    'identical-barcode-names': { fires: 0, score: 7.328 },
    'in-frame-stop': { fires: 6.17, score: 5.588 },
    'label-against-neighbourhood': { fires: 2.587, score: 0.882 },
    'nearer-other-species': { fires: 0.681, score: 3.024 },
    'neighbouring-well': { fires: 3.822, score: 0.865 },
    'numt-sign': { fires: 2.444, score: 3.458 },
    'otu-several-names': { fires: 0, score: 4.953 },
    'plate-moved': { fires: 3.687, score: 3.388 },
    'species-several-bins': { fires: 0, score: 1.729 },
  },
};
