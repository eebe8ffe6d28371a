import { traitsOf, type Archetype } from '../archetype.js';

/** Families of this shape start at one of these. */
export const flies: readonly Archetype[] = [
  {
    name: 'midge',
    plan: 'fly',
    weight: 3,
    traits: traitsOf(`
      bodyLength 1.62, headLength 0.1, headWidth 0.13, headHeight 0.13, eye 0.75, thoraxLength 0.28
      thoraxWidth 0.19, thoraxHeight 0.25, abdomenLength 0.66, abdomenWidth 0.12, abdomenHeight 0.12, leg 1.05
      foreLeg 1.1, hindLeg 1.1, legWidth 0.02, antenna 0.32, plumes 0.12, wingLength 0.75, wingWidth 0.2, veins 5
      darkness 0.5, abdomenDarkness 0.42, legDarkness 0.3, greyness 0.5, bands 0.55, stripes 0.5, translucency 0.3`),
  },
  {
    name: 'gnat',
    plan: 'fly',
    weight: 3,
    traits: traitsOf(`
      bodyLength 1.48, headLength 0.1, headWidth 0.14, headHeight 0.14, eye 0.7, thoraxLength 0.27, thoraxWidth 0.2
      thoraxHeight 0.26, abdomenLength 0.66, abdomenWidth 0.15, abdomenHeight 0.15, leg 1.2, hindLeg 1.25
      legWidth 0.024, antenna 0.55, antennaWidth 0.02, wingLength 0.9, wingWidth 0.34, veins 5, darkness 0.85
      headDarkness 0.92, abdomenDarkness 0.78, legDarkness 0.5, wingOpacity 0.3, wingDarkness 0.65, bands 0.15`),
  },
  {
    name: 'gall midge',
    plan: 'fly',
    weight: 3,
    traits: traitsOf(`
      bodyLength 0.88, headLength 0.1, headWidth 0.13, headHeight 0.14, eye 0.85, thoraxLength 0.29
      thoraxWidth 0.2, thoraxHeight 0.25, abdomenLength 0.6, abdomenWidth 0.16, abdomenHeight 0.15, leg 1.3
      legWidth 0.018, antenna 0.85, antennaWidth 0.014, wingLength 1.05, wingWidth 0.42, veins 3, fringe 0.06
      darkness 0.4, headDarkness 0.75, abdomenDarkness 0.28, legDarkness 0.22, redness 0.55, bands 0.1
      translucency 0.45`),
  },
  {
    name: 'mosquito',
    plan: 'fly',
    weight: 1,
    traits: traitsOf(`
      bodyLength 2.56, headLength 0.1, headWidth 0.12, headHeight 0.12, eye 0.9, thoraxLength 0.25
      thoraxWidth 0.18, thoraxHeight 0.26, abdomenLength 0.62, abdomenWidth 0.12, abdomenHeight 0.13, leg 1.5
      hindLeg 1.4, legWidth 0.02, beak 0.38, antenna 0.3, plumes 0.16, wingLength 0.85, wingWidth 0.2, veins 8
      fringe 0.03, darkness 0.68, abdomenDarkness 0.65, legDarkness 0.65, legBands 0.6, bands 0.65`),
  },
  {
    name: 'scuttle fly',
    plan: 'fly',
    weight: 2,
    traits: traitsOf(`
      bodyLength 1.14, headLength 0.14, headWidth 0.21, headHeight 0.19, eye 0.62, thoraxLength 0.33
      thoraxWidth 0.27, thoraxHeight 0.36, abdomenLength 0.48, abdomenWidth 0.23, abdomenHeight 0.22, leg 0.95
      legWidth 0.035, hindFemur 1.9, antenna 0.14, antennaWidth 0.01, wingLength 0.9, wingWidth 0.36, veins 4
      darkness 0.6, abdomenDarkness 0.75, legDarkness 0.38, redness 0.45, setae 0.1`),
  },
  {
    name: 'true fly',
    plan: 'fly',
    weight: 3,
    traits: traitsOf(`
      bodyLength 2.15, headLength 0.18, headWidth 0.3, headHeight 0.26, eye 0.8, thoraxLength 0.36
      thoraxWidth 0.31, thoraxHeight 0.32, abdomenLength 0.46, abdomenWidth 0.31, abdomenHeight 0.28, leg 0.8
      legWidth 0.037, antenna 0.1, antennaWidth 0.012, wingLength 0.9, wingWidth 0.36, darkness 0.85
      headDarkness 0.75, abdomenDarkness 0.8, legDarkness 0.78, eyeRedness 0.75, setae 0.12, stripes 0.3
      gloss 0.5`),
  },
  {
    name: 'fruit fly',
    plan: 'fly',
    weight: 2,
    traits: traitsOf(`
      bodyLength 1.68, headLength 0.17, headWidth 0.26, headHeight 0.25, eye 0.82, thoraxLength 0.34
      thoraxWidth 0.28, thoraxHeight 0.3, abdomenLength 0.5, abdomenWidth 0.27, abdomenHeight 0.25, leg 0.72
      legWidth 0.032, antenna 0.1, antennaWidth 0.012, wingLength 0.98, wingWidth 0.38, darkness 0.42
      headDarkness 0.42, abdomenDarkness 0.45, legDarkness 0.26, eyeRedness 0.95, bands 0.65, bandWidth 0.4
      redness 0.5, setae 0.09`),
  },
  {
    name: 'long-legged fly',
    plan: 'fly',
    weight: 1.5,
    traits: traitsOf(`
      bodyLength 2.02, headLength 0.13, headWidth 0.22, headHeight 0.22, eye 0.9, thoraxLength 0.3
      thoraxWidth 0.23, thoraxHeight 0.28, abdomenLength 0.58, abdomenWidth 0.16, abdomenHeight 0.17, leg 1.25
      legWidth 0.025, antenna 0.12, antennaWidth 0.012, wingLength 0.85, wingWidth 0.28, darkness 0.7
      legDarkness 0.3, iridescence 0.75, gloss 0.7, metallicHue 0.38, setae 0.08`),
  },
];
