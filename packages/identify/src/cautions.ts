import type { CardEvidence, IdentifierManifest } from './manifest.js';

/** With fewer photos a calibration is rough, and a figure says little. */
export const fewPhotos = 200;

/** What confidence and figures do not rest on, a sentence each. */
export function evidenceLimits({ fitted, checked }: CardEvidence): string[] {
  return [
    ...(fitted.photos >= fewPhotos
      ? []
      : [
          `Confidence was fitted on ${fitted.photos} photos of ${fitted.species} species: it is rough below ${fewPhotos} photos.`,
        ]),
    ...(checked.photos > 0
      ? []
      : [
          'There were too few species or photos to hold some back: how often a confident name is right was not measured.',
        ]),
    ...(checked.photos === 0 || checked.photos >= fewPhotos
      ? []
      : [`Accuracy was measured on ${checked.photos} photos of ${checked.species} species only: mind the intervals.`]),
  ];
}

/** As `evidenceLimits`, of an identifier that is opened; a simulated one says so first. */
export function cautionsOf({ evidence, facts }: Pick<IdentifierManifest, 'evidence' | 'facts'>): string[] {
  return [...(facts.banner === undefined ? [] : [facts.banner]), ...evidenceLimits(evidence)];
}
