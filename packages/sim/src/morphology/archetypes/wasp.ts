import { traitsOf, type Archetype } from '../archetype.js';

/** Families of this shape start at one of these. */
export const wasps: readonly Archetype[] = [
  {
    name: 'ichneumon',
    plan: 'wasp',
    weight: 2,
    traits: traitsOf(`
      bodyLength 2.82, headLength 0.11, headWidth 0.17, headHeight 0.17, eye 0.66, thoraxLength 0.3
      thoraxWidth 0.18, thoraxHeight 0.2, petiole 0.1, abdomenLength 0.52, abdomenWidth 0.13, abdomenHeight 0.14
      leg 0.85, hindLeg 1.35, legWidth 0.028, hindFemur 1.4, antenna 0.85, wingLength 0.75, wingWidth 0.25
      hindWing 0.7, veins 7, stigma 0.85, ovipositor 0.2, darkness 0.9, headDarkness 0.9, abdomenDarkness 0.65
      legDarkness 0.4, redness 0.5, setae 0.03`),
  },
  {
    name: 'braconid',
    plan: 'wasp',
    weight: 2,
    traits: traitsOf(`
      bodyLength 1.55, headLength 0.14, headWidth 0.22, headHeight 0.21, eye 0.66, thoraxLength 0.34
      thoraxWidth 0.22, thoraxHeight 0.24, petiole 0.03, abdomenLength 0.45, abdomenWidth 0.19, abdomenHeight 0.17
      leg 0.85, legWidth 0.03, antenna 0.95, wingLength 0.95, wingWidth 0.33, hindWing 0.68, veins 6, stigma 0.9
      ovipositor 0.12, darkness 0.75, headDarkness 0.8, abdomenDarkness 0.6, legDarkness 0.32, redness 0.45
      setae 0.03`),
  },
  {
    name: 'chalcid',
    plan: 'wasp',
    weight: 2.5,
    traits: traitsOf(`
      bodyLength 1.01, headLength 0.16, headWidth 0.28, headHeight 0.26, eye 0.6, thoraxLength 0.38
      thoraxWidth 0.27, thoraxHeight 0.28, petiole 0.02, abdomenLength 0.46, abdomenWidth 0.24, abdomenHeight 0.23
      leg 0.62, legWidth 0.03, antenna 0.36, antennaWidth 0.022, club 1.5, elbow 0.4, wingLength 0.85
      wingWidth 0.38, hindWing 0.66, veins 1, fringe 0.03, darkness 0.85, headDarkness 0.85, abdomenDarkness 0.85
      legDarkness 0.36, iridescence 0.5, metallicHue 0.42, gloss 0.6, setae 0.02`),
  },
  {
    name: 'scelionid',
    plan: 'wasp',
    weight: 2,
    traits: traitsOf(`
      bodyLength 0.8, headLength 0.17, headWidth 0.3, headHeight 0.27, eye 0.5, thoraxLength 0.33
      thoraxWidth 0.27, thoraxHeight 0.28, petiole 0.04, abdomenLength 0.5, abdomenWidth 0.25, abdomenHeight 0.18
      leg 0.65, legWidth 0.03, antenna 0.5, antennaWidth 0.022, club 2, elbow 0.42, wingLength 0.9, wingWidth 0.33
      hindWing 0.62, veins 1, fringe 0.04, darkness 0.97, headDarkness 0.98, abdomenDarkness 0.95, legDarkness 0.5
      gloss 0.55, setae 0.02, bands 0`),
  },
  {
    name: 'ant',
    plan: 'wasp',
    weight: 1.5,
    traits: traitsOf(`
      bodyLength 2.02, headLength 0.25, headWidth 0.24, headHeight 0.18, eye 0.3, thoraxLength 0.33
      thoraxWidth 0.15, thoraxHeight 0.16, petiole 0.12, abdomenLength 0.37, abdomenWidth 0.24, abdomenHeight 0.22
      leg 0.85, legWidth 0.026, antenna 0.55, antennaWidth 0.02, club 1.4, elbow 0.42, wingLength 0, hindWing 0
      darkness 0.7, headDarkness 0.75, abdomenDarkness 0.85, legDarkness 0.55, redness 0.65, gloss 0.55, beak 0.05
      setae 0.03`),
  },
  {
    name: 'bee',
    plan: 'wasp',
    weight: 1,
    traits: traitsOf(`
      bodyLength 3.36, headLength 0.15, headWidth 0.25, headHeight 0.23, eye 0.75, thoraxLength 0.34
      thoraxWidth 0.29, thoraxHeight 0.28, petiole 0.01, abdomenLength 0.5, abdomenWidth 0.27, abdomenHeight 0.23
      leg 0.65, legWidth 0.045, hindFemur 1.4, antenna 0.28, elbow 0.4, wingLength 0.72, wingWidth 0.25
      hindWing 0.68, veins 8, stigma 0.5, darkness 0.85, abdomenDarkness 0.78, legDarkness 0.7, bands 0.65
      setae 0.09, redness 0.35`),
  },
];
