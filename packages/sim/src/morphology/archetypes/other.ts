import { traitsOf, type Archetype } from '../archetype.js';

type OtherArchetype =
  'caddisfly' | 'lacewing' | 'barklouse' | 'thrips' | 'cockroach' | 'grasshopper' | 'springtail' | 'spider' | 'mite';

/** The one archetype of each smaller order. */
export const others: Readonly<Record<OtherArchetype, Archetype>> = {
  caddisfly: {
    name: 'caddisfly',
    plan: 'moth',
    weight: 1,
    traits: traitsOf(`
      bodyLength 2.82, headLength 0.12, headWidth 0.18, headHeight 0.17, eye 0.5, thoraxLength 0.28
      thoraxWidth 0.22, thoraxHeight 0.22, abdomenLength 0.6, abdomenWidth 0.18, abdomenHeight 0.18, leg 0.8
      hindLeg 1.5, legWidth 0.028, antenna 1.1, antennaWidth 0.015, wingLength 1.02, wingWidth 0.3, hindWing 0.8
      veins 8, fringe 0.025, wingOpacity 0.5, wingDarkness 0.52, wingSpots 0.25, darkness 0.55
      abdomenDarkness 0.45, legDarkness 0.35, setae 0.05`),
  },
  lacewing: {
    name: 'lacewing',
    plan: 'moth',
    weight: 1,
    traits: traitsOf(`
      bodyLength 3.36, headLength 0.1, headWidth 0.15, headHeight 0.14, eye 0.62, thoraxLength 0.3
      thoraxWidth 0.16, thoraxHeight 0.17, abdomenLength 0.62, abdomenWidth 0.13, abdomenHeight 0.14, leg 0.5
      legWidth 0.022, antenna 0.9, antennaWidth 0.013, wingLength 1.2, wingWidth 0.42, hindWing 0.9, veins 12
      veinWidth 0.006, wingOpacity 0.1, wingSpots 0.2, darkness 0.35, abdomenDarkness 0.35, legDarkness 0.25
      green 0.4, translucency 0.35, setae 0.02`),
  },
  barklouse: {
    name: 'barklouse',
    plan: 'moth',
    weight: 1,
    traits: traitsOf(`
      bodyLength 1.41, headLength 0.2, headWidth 0.28, headHeight 0.25, eye 0.42, thoraxLength 0.27
      thoraxWidth 0.25, thoraxHeight 0.26, abdomenLength 0.52, abdomenWidth 0.26, abdomenHeight 0.25, leg 0.75
      legWidth 0.024, antenna 0.95, antennaWidth 0.013, wingLength 1.15, wingWidth 0.4, hindWing 0.72, veins 6
      veinWidth 0.01, stigma 0.5, wingOpacity 0.16, wingSpots 0.3, darkness 0.5, headDarkness 0.42
      abdomenDarkness 0.28, legDarkness 0.28, translucency 0.3, setae 0.02, bands 0.4`),
  },
  thrips: {
    name: 'thrips',
    plan: 'thrips',
    weight: 1,
    traits: traitsOf(`
      bodyLength 0.88, headLength 0.12, headWidth 0.12, headHeight 0.11, eye 0.42, thoraxLength 0.28
      thoraxWidth 0.19, thoraxHeight 0.15, abdomenLength 0.64, abdomenWidth 0.18, abdomenHeight 0.15, leg 0.28
      legWidth 0.032, antenna 0.2, antennaWidth 0.024, wingLength 0.58, wingWidth 0.045, hindWing 0.92, veins 1
      fringe 0.13, wingOpacity 0.4, darkness 0.6, headDarkness 0.62, abdomenDarkness 0.62, legDarkness 0.4
      bands 0.4, setae 0.02`),
  },
  cockroach: {
    name: 'cockroach',
    plan: 'beetle',
    weight: 1,
    traits: traitsOf(`
      bodyLength 3.36, headLength 0.1, headWidth 0.2, headHeight 0.14, eye 0.5, thoraxLength 0.26, thoraxWidth 0.42
      thoraxHeight 0.16, abdomenLength 0.7, abdomenWidth 0.4, abdomenHeight 0.17, leg 0.66, hindLeg 1.5
      legWidth 0.05, antenna 1.1, antennaWidth 0.014, cerci 0.14, elytra 0.4, wingLength 0, darkness 0.45
      abdomenDarkness 0.5, legDarkness 0.4, redness 0.5, bands 0.65, gloss 0.4, setae 0.02`),
  },
  grasshopper: {
    name: 'grasshopper',
    plan: 'bug',
    weight: 1,
    traits: traitsOf(`
      bodyLength 3.7, headLength 0.17, headWidth 0.17, headHeight 0.22, eye 0.36, thoraxLength 0.26
      thoraxWidth 0.19, thoraxHeight 0.23, abdomenLength 0.58, abdomenWidth 0.17, abdomenHeight 0.19, leg 0.5
      hindLeg 2.3, legWidth 0.035, hindFemur 2.4, antenna 0.8, wingLength 0.4, wingWidth 0.16, wingOpacity 0.75
      hindWing 0, cerci 0.1, ovipositor 0.15, darkness 0.42, abdomenDarkness 0.4, legDarkness 0.38, legBands 0.4
      green 0.25, setae 0.01`),
  },
  springtail: {
    name: 'springtail',
    plan: 'springtail',
    weight: 2,
    traits: traitsOf(`
      bodyLength 1.07, headLength 0.2, headWidth 0.18, headHeight 0.17, eye 0.2, thoraxLength 0.26
      thoraxWidth 0.18, thoraxHeight 0.18, abdomenLength 0.58, abdomenWidth 0.19, abdomenHeight 0.19, leg 0.32
      legWidth 0.035, antenna 0.42, antennaWidth 0.03, furca 0.36, wingLength 0, darkness 0.28, headDarkness 0.32
      abdomenDarkness 0.25, legDarkness 0.12, greyness 0.4, translucency 0.4, bands 0.35, setae 0.06`),
  },
  spider: {
    name: 'spider',
    plan: 'spider',
    weight: 1,
    traits: traitsOf(`
      bodyLength 1.62, headLength 0.14, headWidth 0.22, headHeight 0.18, eye 0.1, thoraxLength 0.46
      thoraxWidth 0.37, thoraxHeight 0.24, abdomenLength 0.56, abdomenWidth 0.42, abdomenHeight 0.4, petiole 0.015
      leg 1.05, foreLeg 1.15, hindLeg 1.15, legWidth 0.06, antenna 0, beak 0.08, wingLength 0, darkness 0.5
      abdomenDarkness 0.45, legDarkness 0.36, redness 0.55, translucency 0.3, legBands 0.35, spots 0.25
      setae 0.05, bands 0.2`),
  },
  mite: {
    name: 'mite',
    plan: 'mite',
    weight: 1,
    traits: traitsOf(`
      bodyLength 0.54, headLength 0.16, headWidth 0.16, headHeight 0.12, eye 0.1, thoraxLength 0.42
      thoraxWidth 0.5, thoraxHeight 0.36, abdomenLength 0.62, abdomenWidth 0.62, abdomenHeight 0.48, leg 0.5
      foreLeg 1.1, hindLeg 1.05, legWidth 0.05, antenna 0, wingLength 0, darkness 0.4, abdomenDarkness 0.42
      legDarkness 0.3, redness 0.85, translucency 0.4, setae 0.04, bands 0`),
  },
};
