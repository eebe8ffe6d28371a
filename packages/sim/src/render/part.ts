import type { Colour, Paint } from './paint.js';
import type { Frame, Vector } from './vector.js';

/** What specimens are made of. Positions and sizes in millimetres of the body until placed, then in samples of the layer, y down. */
export type Part = Ellipsoid | Limb | Wing;

export interface Ellipsoid {
  readonly kind: 'ellipsoid';
  readonly centre: Vector;
  readonly frame: Frame;
  /** Half axes along the frame's x, y, z. */
  readonly radii: Vector;
  readonly paint: Paint;
}

/** A row of round cones: legs, antennae, hairs, veins. */
export interface Limb {
  readonly kind: 'limb';
  readonly points: readonly Vector[];
  /** Half width at each point. */
  readonly radii: readonly number[];
  /** One colour a joint, after each point. */
  readonly colours: readonly Colour[];
  /** 1 for limbs; less for veins and hairs. */
  readonly opacity: number;
}

/** A flat membrane: outline in wing coordinates, u from base (0) to tip (1), v across in wing lengths. */
export interface Wing {
  readonly kind: 'wing';
  readonly base: Vector;
  /** Vectors of u = 1 and of v = 1. */
  readonly span: Vector;
  readonly chord: Vector;
  readonly outline: readonly (readonly [number, number])[];
  readonly paint: Membrane;
}

/** How a membrane is tinted: opacity and colour with bands, spots, a stigma and a dark tip. */
export interface Membrane {
  readonly tint: Colour;
  readonly dark: Colour;
  readonly opacity: number;
  readonly bands: number;
  readonly spots: number;
  readonly arrangement: number;
  readonly stigma: number;
  readonly tip: number;
  /** Half the chord, in wing lengths. */
  readonly width: number;
  readonly seed: number;
}
