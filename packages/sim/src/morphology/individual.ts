import type { Rng } from '@bioscan/core';
import type { BodyPlan } from './archetype.js';
import type { Morphology } from './plan-morphology.js';

/** One specimen of a species: what chance and the killing jar made of it. Angles in radians. */
export interface Individual {
  /** Fixes hairs, textures, jitter of limbs: the same seed gives the same photo. */
  readonly seed: number;
  readonly sex: 'female' | 'male';
  /** Length by its species' length. */
  readonly size: number;
  /** Added to every darkness: fading in ethanol, age. */
  readonly shade: number;
  /** Turn in the picture, roll about the body (0 back up, pi/2 on its side, pi belly up), tilt of the head towards the camera. */
  readonly yaw: number;
  readonly roll: number;
  readonly pitch: number;
  /** Bend of the abdomen; 0 straight, positive towards the belly. */
  readonly bend: number;
  /** 0 legs drawn up, 1 spread. */
  readonly legSpread: number;
  /** 0 wings along the body, 1 at right angles; and how far they are lifted. */
  readonly wingSpread: number;
  readonly wingLift: number;
  /** Indices of lost legs and antennae, and shares of wing tips that are torn off. */
  readonly lostLegs: readonly number[];
  readonly lostAntennae: readonly number[];
  readonly tornWings: readonly [number, number];
}

/** How often a body plan lies on its back, on its side, on its belly. */
const repose: Readonly<Record<BodyPlan, { readonly dorsal: number; readonly lateral: number }>> = {
  fly: { dorsal: 0.25, lateral: 0.6 },
  wasp: { dorsal: 0.25, lateral: 0.6 },
  beetle: { dorsal: 0.4, lateral: 0.25 },
  bug: { dorsal: 0.35, lateral: 0.4 },
  moth: { dorsal: 0.25, lateral: 0.6 },
  thrips: { dorsal: 0.5, lateral: 0.1 },
  springtail: { dorsal: 0.15, lateral: 0.8 },
  spider: { dorsal: 0.6, lateral: 0.1 },
  mite: { dorsal: 0.6, lateral: 0.1 },
};

/**
 * Draws one specimen: sex, size, wear and pose.
 * @param wear how worn the catch is: 1 as usual, 0 spotless
 */
export function planIndividual(
  morphology: Morphology,
  random: Rng,
  { wear = 1 }: { readonly wear?: number } = {},
): Individual {
  const sex = random.uniform() < 0.5 ? 'male' : 'female';
  const many = morphology.plan === 'spider' || morphology.plan === 'mite' ? 8 : 6;
  return {
    seed: random.integer(0x7fffffff),
    sex,
    size: Math.exp(0.09 * random.normal()) * (sex === 'male' ? 0.93 : 1),
    shade: 0.06 * random.normal(),
    yaw: 2 * Math.PI * random.uniform(),
    ...pose(morphology.plan, random),
    lostLegs: lost(many, 0.07 * wear, random),
    lostAntennae: lost(2, 0.1 * wear, random),
    tornWings: [torn(wear, random), torn(wear, random)],
  };
}

function pose(
  plan: BodyPlan,
  random: Rng,
): Pick<Individual, 'roll' | 'pitch' | 'bend' | 'legSpread' | 'wingSpread' | 'wingLift'> {
  const { dorsal, lateral } = repose[plan];
  const draw = random.uniform();
  const side = random.uniform() < 0.5 ? -1 : 1;
  const about = draw < dorsal ? 0 : draw < dorsal + lateral ? (side * Math.PI) / 2 : Math.PI;
  const spread = random.uniform();
  return {
    roll: about + 0.3 * random.normal(),
    pitch: 0.2 * random.normal(),
    bend: (plan === 'beetle' ? 0.15 : plan === 'spider' || plan === 'mite' ? 0.05 : 0.5) * (0.3 + random.normal()),
    legSpread: random.uniform(),
    // Most wings lie back; some stand off.
    wingSpread: spread * spread,
    wingLift: Math.max(0, 0.3 * random.normal() + 0.15),
  };
}

function lost(count: number, share: number, random: Rng): number[] {
  return Array.from({ length: count }, (_, i) => i).filter(() => random.uniform() < share);
}

function torn(wear: number, random: Rng): number {
  return random.uniform() < 0.15 * wear ? 0.5 * random.uniform() : 0;
}
