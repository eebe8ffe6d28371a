import type { Rng } from '@bioscan/core';
import { standardSetup, type ImagingSetup } from '../imaging-setup.js';
import type { Colour } from './paint.js';

/** What the photos of one plate share: lamp, camera and the make of its wells. Lengths in picture heights. */
export interface PlateSession {
  /** The pale plastic, RGB on [0, 1]. */
  readonly tint: Colour;
  /** Beyond the rim. */
  readonly outside: Colour;
  /** Where the light comes from, and how much brighter that side is. */
  readonly lampAngle: number;
  readonly lampSlope: number;
  readonly exposure: number;
  readonly rimRadius: number;
  readonly rimCentre: readonly [number, number];
  /** Strength of the concentric reflections. */
  readonly rings: number;
  /** Width of the blur, in thousandths of the picture's width. */
  readonly softness: number;
  readonly jpegQuality: number;
}

/** One photo: the session's set-up, and what differs from well to well. Plain numbers, so that it can be sent to a worker. */
export interface Scene {
  readonly session: PlateSession;
  readonly seed: number;
  /** Picture widths a millimetre. */
  readonly magnification: number;
  /** Middle of the specimen, in picture widths and heights. */
  readonly centre: readonly [number, number];
  /** Whether the specimen was moved, or the lens turned, until all of it was seen. */
  readonly whole: boolean;
  /** Where the lamp is mirrored, off the rim's centre. */
  readonly glare: readonly [number, number];
  readonly glareStrength: number;
  readonly shadow: number;
  /** Standard deviation of the sensor noise, of 255. */
  readonly noise: number;
  readonly specks: number;
  readonly fibres: number;
  readonly bubbles: number;
}

/** The real camera: 1,024 pixels are 8.496 mm wide. */
const widthInMillimetres = 8.496;

/** Draws what a plate's photos share. */
export function planSession(random: Rng, setup: ImagingSetup = standardSetup): PlateSession {
  const differ = setup.session;
  const grey = 0.8 + 0.03 * differ * random.normal();
  const blue = differ * Math.max(0, random.normal() - 0.9) * 0.03;
  const warm = 0.006 * differ * random.normal();
  const cast = setup.background - 1;
  return {
    tint: [
      grey - 1.5 * blue + warm - 0.14 * cast,
      grey - 0.2 * blue + 0.004 + 0.02 * cast,
      grey + 0.6 * blue - warm + 0.005 + 0.09 * cast,
    ],
    outside: [0.798 + 0.012 * random.normal() * differ, 0.788, 0.81],
    lampAngle: 2 * Math.PI * random.uniform(),
    lampSlope: 0.05 * random.uniform() * (1 + Math.abs(setup.light - 1)),
    exposure: setup.light * (1 + 0.02 * differ * random.normal()),
    rimRadius: 0.525 + 0.025 * differ * random.normal(),
    rimCentre: [0.5 + 0.02 * random.normal(), 0.5 + 0.02 * random.normal()],
    rings: 0.5 + 0.6 * random.uniform(),
    softness: Math.max(0.2, (0.75 + 0.25 * differ * random.uniform()) * setup.blur),
    jpegQuality: 88 + random.integer(7),
  };
}

/** Draws one well of a session. */
export function planScene(session: PlateSession, random: Rng, setup: ImagingSetup = standardSetup): Scene {
  const zoomed = random.uniform() < 0.3 ? 1 + 0.8 * random.uniform() : 1;
  const off = random.uniform() < 0.06 ? 2.4 : 1;
  return {
    session,
    seed: random.integer(0x7fffffff),
    magnification: (setup.scale * zoomed) / widthInMillimetres,
    centre: [0.5 + 0.055 * off * random.normal(), 0.5 + 0.07 * off * random.normal()],
    whole: random.uniform() < 0.88,
    glare: [0.03 * random.normal(), 0.03 * random.normal()],
    glareStrength: Math.max(0, 0.5 + 0.6 * random.normal()),
    shadow: 0.1 + 0.1 * random.uniform(),
    noise: 1 + 0.5 * random.uniform(),
    specks: count(2.5 * setup.clutter, random),
    fibres: count(0.45 * setup.clutter, random),
    bubbles: random.uniform() < 0.12 * setup.clutter ? 1 + random.integer(14) : 0,
  };
}

/** Many have none, few have many. */
function count(mean: number, random: Rng): number {
  return Math.floor(-mean * Math.log(1 - random.uniform()) * random.uniform() * 1.6);
}
