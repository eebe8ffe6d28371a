import { traitsOf, type Archetype } from '../archetype.js';

/** Families of this shape start at one of these. */
export const bugs: readonly Archetype[] = [
  {
    name: 'leafhopper',
    plan: 'bug',
    weight: 2.5,
    traits: traitsOf(`
      bodyLength 2.42, headLength 0.12, headWidth 0.26, headHeight 0.2, eye 0.5, thoraxLength 0.22
      thoraxWidth 0.27, thoraxHeight 0.22, abdomenLength 0.62, abdomenWidth 0.22, abdomenHeight 0.2, leg 0.5
      hindLeg 1.6, legWidth 0.03, antenna 0.12, antennaWidth 0.008, wingLength 0.8, wingWidth 0.22, elytra 0
      wingOpacity 0.78, wingDarkness 0.4, darkness 0.36, headDarkness 0.32, abdomenDarkness 0.4, legDarkness 0.25
      green 0.5, stripes 0.3, hindWing 0.85, veins 5, wingTipDarkness 0.4, setae 0.01`),
  },
  {
    name: 'psyllid',
    plan: 'bug',
    weight: 1.3,
    traits: traitsOf(`
      bodyLength 1.28, headLength 0.13, headWidth 0.27, headHeight 0.2, eye 0.5, thoraxLength 0.33
      thoraxWidth 0.29, thoraxHeight 0.27, abdomenLength 0.5, abdomenWidth 0.23, abdomenHeight 0.22, leg 0.55
      legWidth 0.03, antenna 0.42, antennaWidth 0.015, wingLength 1.1, wingWidth 0.4, hindWing 0.75, veins 6
      veinWidth 0.012, wingOpacity 0.2, wingSpots 0.3, darkness 0.42, abdomenDarkness 0.35, legDarkness 0.3
      green 0.3, setae 0.01`),
  },
  {
    name: 'aphid',
    plan: 'bug',
    weight: 1.5,
    traits: traitsOf(`
      bodyLength 1.14, headLength 0.12, headWidth 0.2, headHeight 0.16, eye 0.45, thoraxLength 0.26
      thoraxWidth 0.26, thoraxHeight 0.24, abdomenLength 0.65, abdomenWidth 0.42, abdomenHeight 0.36, leg 0.8
      legWidth 0.025, antenna 0.75, antennaWidth 0.014, wingLength 1.3, wingWidth 0.45, hindWing 0.55, veins 4
      stigma 0.6, cerci 0.12, darkness 0.55, headDarkness 0.6, abdomenDarkness 0.25, legDarkness 0.4, green 0.4
      translucency 0.4, setae 0.005, bands 0.15`),
  },
  {
    name: 'plant bug',
    plan: 'bug',
    weight: 1.5,
    traits: traitsOf(`
      bodyLength 2.42, headLength 0.11, headWidth 0.2, headHeight 0.16, eye 0.52, thoraxLength 0.24
      thoraxWidth 0.34, thoraxHeight 0.2, abdomenLength 0.68, abdomenWidth 0.4, abdomenHeight 0.2, leg 0.68
      hindLeg 1.4, legWidth 0.028, antenna 0.65, antennaWidth 0.02, beak 0.25, wingLength 0.72, wingWidth 0.28
      hindWing 0.9, wingOpacity 0.72, wingDarkness 0.5, darkness 0.48, headDarkness 0.5, abdomenDarkness 0.4
      legDarkness 0.35, wingSpots 0.3, wingTipDarkness 0.5, veins 3, green 0.15, setae 0.01`),
  },
  {
    name: 'scale or whitefly',
    plan: 'bug',
    weight: 1,
    traits: traitsOf(`
      bodyLength 0.74, headLength 0.14, headWidth 0.2, headHeight 0.18, eye 0.5, thoraxLength 0.3, thoraxWidth 0.25
      thoraxHeight 0.23, abdomenLength 0.55, abdomenWidth 0.24, abdomenHeight 0.22, leg 0.6, legWidth 0.024
      antenna 0.35, antennaWidth 0.014, wingLength 1, wingWidth 0.5, hindWing 0.85, veins 1, wingOpacity 0.5
      wingDarkness 0.05, darkness 0.22, headDarkness 0.3, abdomenDarkness 0.2, legDarkness 0.15, translucency 0.45
      setae 0, bands 0`),
  },
];
