import type { Traits } from '../morphology/traits.js';
import { valueNoise } from './noise.js';

/** Linear-ish RGB on [0, 1]. */
export type Colour = readonly [number, number, number];

/** How the surface of an ellipsoid is coloured, in its own coordinates on the unit sphere. */
export interface Paint {
  readonly ground: Colour;
  /** Of bands, stripes and spots. */
  readonly dark: Colour;
  /** Strength of the dark hind margin of a segment, and the u in front of which it ends. */
  readonly band: number;
  readonly bandEdge: number;
  /** Number of dark stripes along the back, and their strength. */
  readonly stripes: number;
  readonly stripeStrength: number;
  readonly spots: number;
  readonly arrangement: number;
  readonly ventralPale: number;
  /** A suture along the back and fine grooves beside it: hard fore wings. */
  readonly suture: boolean;
  readonly gloss: number;
  readonly iridescence: number;
  readonly metallic: Colour;
  readonly translucency: number;
  /** Strength of the grain. */
  readonly grain: number;
  readonly seed: number;
}

const amber: readonly Colour[] = [
  [0.87, 0.82, 0.66],
  [0.82, 0.66, 0.33],
  [0.66, 0.43, 0.17],
  [0.38, 0.225, 0.11],
  [0.19, 0.12, 0.075],
  [0.085, 0.07, 0.065],
];
const red: readonly Colour[] = [
  [0.86, 0.74, 0.6],
  [0.78, 0.5, 0.26],
  [0.64, 0.3, 0.14],
  [0.4, 0.15, 0.09],
  [0.22, 0.09, 0.07],
  [0.1, 0.065, 0.06],
];
const grey: readonly Colour[] = [
  [0.84, 0.83, 0.77],
  [0.68, 0.63, 0.53],
  [0.48, 0.43, 0.36],
  [0.3, 0.27, 0.24],
  [0.18, 0.165, 0.155],
  [0.09, 0.09, 0.092],
];
const green: readonly Colour[] = [
  [0.83, 0.84, 0.62],
  [0.7, 0.71, 0.36],
  [0.47, 0.52, 0.22],
  [0.26, 0.33, 0.13],
  [0.14, 0.19, 0.1],
  [0.085, 0.095, 0.07],
];

/** The colour of cuticle: darkness by pigment, as insects have them (cream, amber, brown, black; redder, greyer or greener). */
export function cuticle(traits: Traits, darkness: number): Colour {
  const base = mix(ramp(amber, darkness), ramp(red, darkness), smooth((traits.redness - 0.3) * 1.5));
  const dull = mix(base, ramp(grey, darkness), traits.greyness * 0.75);
  return mix(dull, ramp(green, darkness), smooth((traits.green - 0.35) * 3));
}

function ramp(colours: readonly Colour[], position: number): Colour {
  const at = Math.min(0.9999, Math.max(0, position)) * (colours.length - 1);
  const i = Math.floor(at);
  return mix(colours[i] as Colour, colours[i + 1] as Colour, at - i);
}

/** Interference colours from copper over green and blue to violet. */
export function metallic(hue: number): Colour {
  const turn = (offset: number): number => 0.5 + 0.5 * Math.cos(2 * Math.PI * (hue * 0.9 + offset));
  return [0.06 + 0.4 * turn(0.02), 0.1 + 0.5 * turn(-0.36), 0.08 + 0.5 * turn(-0.62)];
}

export function mix(a: Colour, b: Colour, share: number): Colour {
  const t = Math.min(1, Math.max(0, share));
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

export function smooth(x: number): number {
  const t = Math.min(1, Math.max(0, x));
  return t * t * (3 - 2 * t);
}

/**
 * Writes the colour of a surface at u (front 1), v (left 1), w (back 1) into `out`.
 * @param facing how squarely the camera sees it, for interference
 */
export function paintAt(paint: Paint, u: number, v: number, w: number, facing: number, out: Float64Array): void {
  let share = paint.band > 0 ? paint.band * smooth((paint.bandEdge - u) * 14 + 0.5) : 0;
  const back = smooth(w * 2 + 0.7);
  if (paint.stripeStrength > 0.02) {
    const wave = Math.cos(Math.PI * paint.stripes * v * 1.3);
    share = Math.max(share, paint.stripeStrength * back * smooth(wave * 2));
  }
  if (paint.spots > 0.05) share = Math.max(share, spotAt(paint, u, Math.abs(v)) * back);
  if (paint.suture && w > 0) share = Math.max(share, sutureAt(v));
  const grain = 1 + paint.grain * (valueNoise(paint.seed, u * 9, v * 9 + w * 5) - 0.5);
  const pale = w < 0.2 ? paint.ventralPale * smooth((0.2 - w) * 1.2) * 0.5 : 0;
  const shine = paint.iridescence * (0.35 + 0.65 * facing) * (1 - share * 0.6);
  for (let c = 0; c < 3; c++) {
    const ground = paint.ground[c] as number;
    const plain = ground + ((paint.dark[c] as number) - ground) * share;
    const lit = plain + (0.82 - plain) * pale * 0.6;
    out[c] = (lit + ((paint.metallic[c] as number) - lit) * shine) * grain;
  }
}

function spotAt({ spots, arrangement, seed }: Paint, u: number, across: number): number {
  const shift = arrangement * 2.4;
  const cell = valueNoise(Math.floor(arrangement * 50), u * 1.8 + shift, across * 1.8 + shift * 1.7);
  const wobble = 0.08 * valueNoise(seed, u * 6, across * 6);
  return smooth((cell + wobble - 0.95 + 0.45 * spots) * 8) * Math.min(1, spots * 2);
}

function sutureAt(v: number): number {
  const across = Math.abs(v);
  if (across < 0.025) return 0.9;
  const groove = Math.cos(2 * Math.PI * across * 7);
  return groove > 0.8 ? 0.25 * (groove - 0.8) * 5 : 0;
}
