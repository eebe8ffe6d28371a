import type { Individual } from '../morphology/individual.js';
import type { Morphology } from '../morphology/plan-morphology.js';
import { build } from './build.js';
import { buildBody } from './build-body.js';
import { buildLimbs } from './build-limbs.js';
import { buildWings } from './build-wings.js';
import { drawEllipsoid } from './draw-ellipsoid.js';
import { drawLimb } from './draw-limb.js';
import { drawWing } from './draw-wing.js';
import type { Layer } from './layer.js';
import type { Part } from './part.js';
import { outOf, posed, type Frame, type Vector } from './vector.js';

/** The parts of a specimen in its pose, in millimetres about its middle: x right, y down, z towards the camera. */
export function specimenParts(morphology: Morphology, individual: Individual): readonly Part[] {
  const from = build(morphology, individual);
  const body = buildBody(from);
  const all = [...body.parts, ...buildLimbs(from, body), ...buildWings(from)];
  const frame = posed(individual.yaw, individual.pitch, individual.roll);
  const middle: Vector = [-0.2 * from.length, 0, 0];
  const turn = (vector: Vector): Vector => {
    const [x, y, z] = outOf(frame, vector);
    return [x, -y, z];
  };
  const place = (point: Vector): Vector => turn([point[0] - middle[0], point[1], point[2]]);
  const turnFrame = ({ x, y, z }: Frame): Frame => ({ x: turn(x), y: turn(y), z: turn(z) });
  return all.map((part) => mapPart(part, { place, turn, turnFrame, scale: 1 })).sort((a, b) => depthOf(a) - depthOf(b));
}

/** Moves parts to samples of the photo. */
export function placeParts(parts: readonly Part[], scale: number, [x, y]: readonly [number, number]): readonly Part[] {
  const turn = (vector: Vector): Vector => [vector[0] * scale, vector[1] * scale, vector[2] * scale];
  const place = (point: Vector): Vector => [point[0] * scale + x, point[1] * scale + y, point[2] * scale];
  return parts.map((part) => mapPart(part, { place, turn, turnFrame: (frame) => frame, scale }));
}

interface Move {
  readonly place: (point: Vector) => Vector;
  readonly turn: (vector: Vector) => Vector;
  readonly turnFrame: (frame: Frame) => Frame;
  readonly scale: number;
}

function mapPart(part: Part, { place, turn, turnFrame, scale }: Move): Part {
  switch (part.kind) {
    case 'ellipsoid': {
      const radii: Vector = [part.radii[0] * scale, part.radii[1] * scale, part.radii[2] * scale];
      return { ...part, centre: place(part.centre), frame: turnFrame(part.frame), radii };
    }
    case 'limb':
      return { ...part, points: part.points.map(place), radii: part.radii.map((radius) => radius * scale) };
    case 'wing':
      return { ...part, base: place(part.base), span: turn(part.span), chord: turn(part.chord) };
    default:
      return part satisfies never;
  }
}

function depthOf(part: Part): number {
  switch (part.kind) {
    case 'ellipsoid':
      return part.centre[2];
    case 'limb':
      return part.points.reduce((sum, point) => sum + point[2], 0) / part.points.length;
    case 'wing':
      return part.base[2] + 0.5 * part.span[2] - 0.02;
    default:
      return part satisfies never;
  }
}

/** The box of all parts, half-open, not rounded. */
export function extent(parts: readonly Part[]): {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
} {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  const take = (x: number, y: number, reach: number): void => {
    [x0, y0, x1, y1] = [
      Math.min(x0, x - reach),
      Math.min(y0, y - reach),
      Math.max(x1, x + reach),
      Math.max(y1, y + reach),
    ];
  };
  for (const part of parts) {
    if (part.kind === 'ellipsoid') take(part.centre[0], part.centre[1], Math.max(...part.radii));
    else if (part.kind === 'limb')
      part.points.forEach(([x, y], i) => {
        take(x, y, (part.radii[i] ?? 0) + 1);
      });
    else
      for (const [u, v] of part.outline)
        take(
          part.base[0] + u * part.span[0] + v * part.chord[0],
          part.base[1] + u * part.span[1] + v * part.chord[1],
          0,
        );
  }
  return { x0, y0, x1, y1 };
}

export function drawParts(into: Layer, parts: readonly Part[]): void {
  for (const part of parts) {
    if (part.kind === 'ellipsoid') drawEllipsoid(into, part);
    else if (part.kind === 'limb') drawLimb(into, part);
    else drawWing(into, part);
  }
}
