/**
 * What a species looks like, as plain numbers. Shapes are in body lengths or ratios and change by factors: an organ of size 0 is absent and stays absent.
 * Colours and patterns lie on [0, 1] and change by steps.
 */
export const shapeTraits = {
  /** Millimetres from the front of the head to the tip of the abdomen. */
  bodyLength: 2,
  headLength: 0.15,
  headWidth: 0.2,
  headHeight: 0.19,
  /** Diameter by head height. */
  eye: 0.62,
  thoraxLength: 0.3,
  thoraxWidth: 0.24,
  thoraxHeight: 0.27,
  abdomenLength: 0.55,
  abdomenWidth: 0.2,
  abdomenHeight: 0.19,
  petiole: 0,
  leg: 0.75,
  /** Fore and hind legs by middle legs. */
  foreLeg: 0.85,
  hindLeg: 1.2,
  legWidth: 0.03,
  /** Hind femur width by leg width. */
  hindFemur: 1.1,
  antenna: 0.3,
  antennaWidth: 0.018,
  /** Width of the club by the width of the shaft. */
  club: 1,
  /** Share of the antenna before the elbow. */
  elbow: 0,
  /** Length of the hairs of a male antenna. */
  plumes: 0,
  wingLength: 0.95,
  wingWidth: 0.33,
  /** Length of the hind wing by the fore wing. */
  hindWing: 0,
  veins: 6,
  veinWidth: 0.008,
  fringe: 0,
  /** Length of hard fore wings or of tegmina by abdomen. */
  elytra: 0,
  ovipositor: 0,
  cerci: 0,
  furca: 0,
  beak: 0,
  setae: 0.06,
} as const;

export const colourTraits = {
  /** 0 cream, 0.35 amber, 0.6 brown, 1 black: thorax, then the others beside it. */
  darkness: 0.65,
  headDarkness: 0.7,
  abdomenDarkness: 0.6,
  legDarkness: 0.45,
  /** 0 yellow, 0.5 brown, 1 red. */
  redness: 0.4,
  green: 0,
  greyness: 0.3,
  eyeRedness: 0.3,
  gloss: 0.4,
  iridescence: 0,
  metallicHue: 0.4,
  translucency: 0.2,
  ventralPale: 0.3,
} as const;

export const patternTraits = {
  bands: 0.3,
  bandWidth: 0.3,
  stripes: 0,
  spots: 0,
  /** Where spots and wing bands lie. */
  arrangement: 0.5,
  abdomenTip: 0.1,
  legBands: 0.1,
  wingOpacity: 0.12,
  wingDarkness: 0.4,
  wingBands: 0,
  wingSpots: 0,
  stigma: 0.1,
  wingTipDarkness: 0,
} as const;

const defaults = { ...shapeTraits, ...colourTraits, ...patternTraits };

export type TraitName = keyof typeof shapeTraits | keyof typeof colourTraits | keyof typeof patternTraits;

export type Traits = Readonly<Record<TraitName, number>>;

/** An ordinary small insect. */
export const commonTraits: Traits = defaults;

export const traitNames: readonly TraitName[] = Object.keys(defaults) as TraitName[];

export function isShape(name: TraitName): boolean {
  return name in shapeTraits;
}

export function isPattern(name: TraitName): boolean {
  return name in patternTraits;
}
