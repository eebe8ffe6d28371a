import type { Body } from './build-body.js';
import { colourOf, type Build } from './build.js';
import { mix, type Colour } from './paint.js';
import type { Ellipsoid, Limb, Part } from './part.js';
import { add, normalised, outOf, type Vector } from './vector.js';

/** Legs, antennae, mouthparts, whatever hangs on the abdomen's tip, and hairs. */
export function buildLimbs(from: Build, { parts, tip, tipDirection }: Body): Part[] {
  return [
    ...buildLegs(from),
    ...buildAntennae(from),
    ...buildMouth(from),
    ...buildTail(from, tip, tipDirection),
    ...buildSetae(from, parts),
  ];
}

/** A bare limb in one colour. */
export function limb(points: readonly Vector[], radii: readonly number[], colour: Colour, opacity = 1): Limb {
  return { kind: 'limb', points, radii, colours: points.map(() => colour), opacity };
}

function buildLegs(from: Build): Part[] {
  const { traits, length, morphology, individual } = from;
  const pairs = morphology.plan === 'spider' || morphology.plan === 'mite' ? 4 : 3;
  return Array.from({ length: 2 * pairs }, (_, i) => i)
    .filter((i) => !individual.lostLegs.includes(i))
    .map((i) => {
      const place = Math.floor(i / 2) / (pairs - 1);
      const reach = traits.leg * length * (place < 0.3 ? traits.foreLeg : place > 0.8 ? traits.hindLeg : 1);
      return buildLeg(from, i % 2 === 0 ? 1 : -1, place, reach);
    });
}

function buildLeg(from: Build, side: number, place: number, reach: number): Part {
  const { traits, length, random, individual, morphology } = from;
  const jitter = (size: number): number => size * random.normal();
  const base: Vector = [
    traits.thoraxLength * length * (0.3 - 0.6 * place),
    side * traits.thoraxWidth * length * 0.28,
    -traits.thoraxHeight * length * 0.36,
  ];
  const azimuth = 0.95 - 1.75 * place + jitter(0.25);
  const spread = individual.legSpread;
  const flat = morphology.plan === 'spider' || morphology.plan === 'mite';
  const rise = flat ? 0.25 + jitter(0.15) : -1.25 + 1.25 * spread + jitter(0.25);
  const femur = direction(azimuth, rise, side);
  const tibia = direction(
    azimuth * 0.7 - 0.35 + jitter(0.35),
    (flat ? -0.4 : -1.3 + 0.7 * spread) + jitter(0.3),
    side * (spread > 0.3 || flat ? 1 : 0.4),
  );
  const foot = direction(azimuth * 0.5 - 0.5 + jitter(0.5), -0.8 + 0.6 * spread + jitter(0.3), side * (0.2 + spread));
  const knee = add(add(base, femur, reach * 0.14), femur, reach * 0.25);
  const ankle = add(knee, tibia, reach * 0.34);
  const middle = add(ankle, foot, reach * 0.15);
  const points = [
    base,
    add(base, femur, reach * 0.16),
    add(base, femur, reach * 0.3),
    knee,
    add(knee, tibia, reach * 0.22),
    ankle,
    middle,
    add(middle, normalised(add(foot, [0, 0, -0.35])), reach * 0.14),
  ];
  const w = (traits.legWidth * length) / 2;
  const thigh = w * (place > 0.8 ? traits.hindFemur : 1);
  const radii = [w * 1.1, thigh * 1.15, thigh, w * 0.65, w * 0.62, w * 0.6, w * 0.42, w * 0.28];
  return { kind: 'limb', points, radii, colours: legColours(from), opacity: 1 };
}

function legColours(from: Build): Colour[] {
  const plain = colourOf(from, 'leg');
  const ring = mix(plain, colourOf(from, 'leg', 0.45), from.traits.legBands * 1.3);
  const foot = colourOf(from, 'leg', 0.12);
  const base = mix(plain, colourOf(from, 'thorax'), 0.5);
  return [base, plain, ring, plain, ring, foot, foot, foot];
}

function direction(azimuth: number, elevation: number, side: number): Vector {
  const flat = Math.cos(elevation);
  return [flat * Math.sin(azimuth), side * flat * Math.cos(azimuth), Math.sin(elevation)];
}

function buildAntennae(from: Build): Part[] {
  const { traits, length, individual } = from;
  if (traits.antenna <= 0) return [];
  const parts: Part[] = [];
  for (const [i, side] of [1, -1].entries())
    if (!individual.lostAntennae.includes(i)) parts.push(...buildAntenna(from, side, traits.antenna * length));
  return parts;
}

function buildAntenna(from: Build, side: number, reach: number): Part[] {
  const { traits, length, random, individual } = from;
  const joints = 10;
  const short = reach < 0.16 * length;
  const start: Vector = [
    (traits.thoraxLength * 0.5 + traits.headLength * 0.85) * length,
    side * traits.headWidth * length * 0.12,
    -0.02 * length,
  ];
  let [turn, rise] = [0.35 + 0.35 * random.normal(), (short ? -0.7 : 0.35) + 0.35 * random.normal()];
  const [curlTurn, curlRise] = [0.07 * random.normal() + 0.02, 0.07 * random.normal() - 0.04];
  const points: Vector[] = [start];
  const radii: number[] = [];
  const width = (traits.antennaWidth * length * (short ? 2 : 1)) / 2;
  const elbow = Math.round(traits.elbow * joints);
  for (let i = 0; i < joints; i++) {
    if (i === elbow && elbow > 0) rise -= 1.3;
    const step: Vector = [Math.cos(rise) * Math.cos(turn), side * Math.cos(rise) * Math.sin(turn), Math.sin(rise)];
    points.push(add(points[points.length - 1] as Vector, step, reach / joints));
    radii.push(
      width *
        (i >= joints - 3 ? traits.club : i < elbow ? 0.9 : 1) *
        (i % 2 === 0 ? 1 : 0.8) *
        (traits.club > 1.2 ? 1 : 1.15 - 0.06 * i),
    );
    turn += curlTurn;
    rise += curlRise;
  }
  radii.push(width * 0.5);
  const colour = colourOf(from, 'leg', 0.18);
  const shaft = limb(points, radii, colour);
  const plumed = traits.plumes > 0.02 && individual.sex === 'male';
  return plumed ? [shaft, ...plumes(points, traits.plumes * length, side, colour)] : [shaft];
}

function plumes(points: readonly Vector[], reach: number, side: number, colour: Colour): Part[] {
  return points.slice(1, -1).flatMap((point, i) => {
    const size = reach * (1.1 - 0.06 * i);
    return [-1, 1, 0.2, -0.2].map((across) =>
      limb(
        [point, add(point, normalised([0.75, side * across * 0.8, across * 0.9]), size)],
        [0.004 * reach, 0.001 * reach].map((r) => r + 0.002),
        colour,
        0.4,
      ),
    );
  });
}

function buildMouth(from: Build): Part[] {
  const { traits, length, morphology } = from;
  const reach = traits.beak * length;
  if (reach < 0.01 * length) return [];
  const head: Vector = [
    (traits.thoraxLength * 0.5 + traits.headLength * 0.7) * length,
    0,
    -traits.headHeight * length * 0.35,
  ];
  const weevil = morphology.archetype === 'weevil';
  const forward = normalised(morphology.plan === 'bug' ? [-0.75, 0, -0.6] : weevil ? [0.8, 0, -0.7] : [0.85, 0, -0.5]);
  const width = (weevil ? 0.035 : 0.011) * length;
  return [
    limb(
      [head, add(head, forward, reach * 0.5), add(head, forward, reach)],
      [width * 1.2, width, width * 0.8],
      colourOf(from, 'head', 0.05),
    ),
  ];
}

function buildTail(from: Build, tip: Vector, tipDirection: Vector): Part[] {
  const { traits, length, individual, random } = from;
  const parts: Part[] = [];
  const back = add(tip, tipDirection, -0.03 * length);
  const dark = colourOf(from, 'abdomen', 0.25);
  if (traits.ovipositor > 0.02 && individual.sex === 'female') {
    const bend = add(tipDirection, [0, 0, 0.3 * random.normal()]);
    parts.push(
      limb(
        [back, add(back, tipDirection, traits.ovipositor * length * 0.5), add(back, bend, traits.ovipositor * length)],
        [0.012, 0.01, 0.007].map((r) => r * length),
        dark,
      ),
    );
  }
  for (const side of [-1, 1]) {
    const out: Vector = [tipDirection[0], side * 0.45, tipDirection[2] + 0.1];
    if (traits.cerci > 0.02)
      parts.push(
        limb([back, add(back, normalised(out), traits.cerci * length)], [0.013 * length, 0.005 * length], dark),
      );
    if (traits.furca > 0.02) {
      const root = add(back, tipDirection, -0.12 * length);
      const joint = add(root, normalised([-0.35, side * 0.12, -0.8]), traits.furca * length * 0.4);
      parts.push(
        limb(
          [root, joint, add(joint, normalised([-0.95, side * 0.12, -0.3]), traits.furca * length * 0.6)],
          [0.025, 0.018, 0.006].map((r) => r * length),
          colourOf(from, 'leg'),
        ),
      );
    }
  }
  return parts;
}

/** Hairs on the back of thorax and abdomen, leaning to the rear. */
function buildSetae(from: Build, body: readonly Part[]): Part[] {
  const { traits, length, random } = from;
  const reach = traits.setae * length;
  const hosts = body.filter(
    (part) => part.kind === 'ellipsoid' && part.centre[0] < traits.thoraxLength * length * 0.45,
  );
  if (reach < 0.008 * length || hosts.length === 0) return [];
  const colour = colourOf(from, 'thorax', 0.3);
  const radii = [0.0045 * length, 0.002 * length];
  return Array.from({ length: 36 }, (_, i) => {
    const host = hosts[i % hosts.length] as Ellipsoid;
    const [u, around] = [0.5 * random.normal(), 1.1 * random.normal()];
    const ring = Math.sqrt(Math.max(0.05, 1 - u * u)) * 0.97;
    const at: Vector = [
      u * host.radii[0],
      ring * Math.sin(around) * host.radii[1],
      ring * Math.cos(around) * host.radii[2],
    ];
    const root = add(host.centre, outOf(host.frame, at));
    const out = normalised(outOf(host.frame, [-0.7, Math.sin(around), Math.cos(around)]));
    return limb([root, add(root, out, reach * (0.5 + 0.8 * random.uniform()))], radii, colour, 0.55);
  });
}
