import { traitsOf, type Archetype } from '../archetype.js';

/** Families of this shape start at one of these. */
export const beetles: readonly Archetype[] = [
  {
    name: 'leaf beetle',
    plan: 'beetle',
    weight: 2,
    traits: traitsOf(`
      bodyLength 2.02, headLength 0.15, headWidth 0.25, headHeight 0.2, eye 0.42, thoraxLength 0.25
      thoraxWidth 0.38, thoraxHeight 0.27, abdomenLength 0.68, abdomenWidth 0.5, abdomenHeight 0.36, leg 0.5
      legWidth 0.045, hindFemur 1.7, antenna 0.5, elytra 1, wingLength 0, darkness 0.6, headDarkness 0.55
      abdomenDarkness 0.7, legDarkness 0.5, redness 0.6, gloss 0.85, iridescence 0.3, metallicHue 0.55
      stripes 0.2, setae 0, translucency 0.05, bands 0.1`),
  },
  {
    name: 'rove beetle',
    plan: 'beetle',
    weight: 2,
    traits: traitsOf(`
      bodyLength 1.89, headLength 0.15, headWidth 0.17, headHeight 0.13, eye 0.4, thoraxLength 0.2, thoraxWidth 0.2
      thoraxHeight 0.15, abdomenLength 0.68, abdomenWidth 0.19, abdomenHeight 0.14, leg 0.36, legWidth 0.035
      antenna 0.33, antennaWidth 0.024, club 1.3, elytra 0.34, wingLength 0, darkness 0.7, headDarkness 0.85
      abdomenDarkness 0.72, legDarkness 0.4, redness 0.6, gloss 0.6, setae 0.03, bands 0.5`),
  },
  {
    name: 'weevil',
    plan: 'beetle',
    weight: 1.2,
    traits: traitsOf(`
      bodyLength 1.89, headLength 0.15, headWidth 0.17, headHeight 0.17, eye 0.4, beak 0.2, thoraxLength 0.26
      thoraxWidth 0.28, thoraxHeight 0.26, abdomenLength 0.64, abdomenWidth 0.4, abdomenHeight 0.37, leg 0.5
      legWidth 0.045, hindFemur 1.3, antenna 0.3, club 2, elbow 0.5, elytra 1, wingLength 0, darkness 0.75
      headDarkness 0.8, abdomenDarkness 0.72, legDarkness 0.65, gloss 0.3, greyness 0.5, setae 0.01
      translucency 0.03`),
  },
  {
    name: 'soldier beetle',
    plan: 'beetle',
    weight: 1.2,
    traits: traitsOf(`
      bodyLength 3.23, headLength 0.12, headWidth 0.15, headHeight 0.12, eye 0.5, thoraxLength 0.17
      thoraxWidth 0.2, thoraxHeight 0.13, abdomenLength 0.76, abdomenWidth 0.25, abdomenHeight 0.17, leg 0.46
      legWidth 0.03, antenna 0.55, antennaWidth 0.026, elytra 1, wingLength 0, darkness 0.42, headDarkness 0.8
      abdomenDarkness 0.85, legDarkness 0.7, redness 0.6, gloss 0.4, setae 0.015, translucency 0.05`),
  },
  {
    name: 'fungus beetle',
    plan: 'beetle',
    weight: 1.5,
    traits: traitsOf(`
      bodyLength 1.21, headLength 0.14, headWidth 0.26, headHeight 0.2, eye 0.4, thoraxLength 0.27
      thoraxWidth 0.43, thoraxHeight 0.28, abdomenLength 0.64, abdomenWidth 0.48, abdomenHeight 0.34, leg 0.4
      legWidth 0.045, antenna 0.25, club 2.4, elytra 0.95, wingLength 0, darkness 0.66, headDarkness 0.7
      abdomenDarkness 0.66, legDarkness 0.48, redness 0.7, gloss 0.65, spots 0.2, setae 0.015, translucency 0.06`),
  },
];
