import { rng, type Rng } from '@bioscan/core';
import type { Individual } from '../morphology/individual.js';
import type { Morphology } from '../morphology/plan-morphology.js';
import type { Traits } from '../morphology/traits.js';
import { cuticle, metallic, mix, type Colour, type Paint } from './paint.js';

/** What the parts of one specimen are built from. Lengths in millimetres; x forward, y left, z back. */
export interface Build {
  readonly morphology: Morphology;
  readonly individual: Individual;
  readonly traits: Traits;
  /** Body length of this individual. */
  readonly length: number;
  readonly random: Rng;
  readonly seed: number;
}

export function build(morphology: Morphology, individual: Individual): Build {
  return {
    morphology,
    individual,
    traits: morphology.traits,
    length: morphology.traits.bodyLength * individual.size,
    random: rng(individual.seed),
    seed: individual.seed % 100_003,
  };
}

export type Region = 'head' | 'thorax' | 'abdomen' | 'leg';

/** The ground colour of a region on this individual; `step` is added to its darkness. */
export function colourOf({ traits, individual }: Build, region: Region, step = 0): Colour {
  const darkness = {
    head: traits.headDarkness,
    thorax: traits.darkness,
    abdomen: traits.abdomenDarkness,
    leg: traits.legDarkness,
  };
  return cuticle(traits, darkness[region] + individual.shade + step);
}

/** The paint of a region without its own pattern. */
export function paintOf(from: Build, region: Region, change: Partial<Paint> = {}): Paint {
  const { traits, seed } = from;
  const ground = colourOf(from, region);
  const luminance = (ground[0] + ground[1] + ground[2]) / 3;
  return {
    ground,
    dark: colourOf(from, region, 0.4),
    band: 0,
    bandEdge: -1,
    stripes: 0,
    stripeStrength: 0,
    spots: 0,
    arrangement: traits.arrangement,
    ventralPale: traits.ventralPale,
    suture: false,
    gloss: traits.gloss,
    iridescence: Math.max(0, traits.iridescence - 0.25) * 1.1,
    metallic: mix(metallic(traits.metallicHue), ground, 0.25),
    // Black cuticle lets nothing through.
    translucency: traits.translucency * Math.min(1, 0.15 + luminance * 1.5),
    grain: 0.28,
    seed,
    ...change,
  };
}
