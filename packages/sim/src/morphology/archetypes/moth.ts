import { traitsOf, type Archetype } from '../archetype.js';

/** Families of this shape start at one of these. */
export const moths: readonly Archetype[] = [
  {
    name: 'micromoth',
    plan: 'moth',
    weight: 3,
    traits: traitsOf(`
      bodyLength 2.42, headLength 0.13, headWidth 0.19, headHeight 0.18, eye 0.55, thoraxLength 0.3
      thoraxWidth 0.24, thoraxHeight 0.24, abdomenLength 0.58, abdomenWidth 0.18, abdomenHeight 0.17, leg 0.55
      hindLeg 1.7, legWidth 0.035, antenna 0.75, antennaWidth 0.016, wingLength 1.02, wingWidth 0.22
      hindWing 0.82, veins 3, fringe 0.09, wingOpacity 0.88, wingDarkness 0.5, wingBands 0.4, wingSpots 0.3
      darkness 0.5, abdomenDarkness 0.42, legDarkness 0.4, greyness 0.5, setae 0.05, gloss 0.15`),
  },
  {
    name: 'broad-winged moth',
    plan: 'moth',
    weight: 1.5,
    traits: traitsOf(`
      bodyLength 3.49, headLength 0.12, headWidth 0.18, headHeight 0.17, eye 0.6, thoraxLength 0.3
      thoraxWidth 0.24, thoraxHeight 0.23, abdomenLength 0.6, abdomenWidth 0.18, abdomenHeight 0.17, leg 0.6
      hindLeg 1.4, legWidth 0.03, antenna 0.5, antennaWidth 0.014, wingLength 0.95, wingWidth 0.48, hindWing 0.85
      veins 5, fringe 0.04, wingOpacity 0.88, wingDarkness 0.42, wingBands 0.65, wingSpots 0.4, darkness 0.48
      abdomenDarkness 0.38, legDarkness 0.35, greyness 0.4, setae 0.05, gloss 0.1`),
  },
];
