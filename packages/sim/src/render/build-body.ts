import type { Build } from './build.js';
import { colourOf, paintOf } from './build.js';
import type { Colour, Paint } from './paint.js';
import { mix } from './paint.js';
import type { Ellipsoid, Part } from './part.js';
import { add, along, type Frame, type Vector } from './vector.js';

const upright: Frame = { x: [1, 0, 0], y: [0, 1, 0], z: [0, 0, 1] };

export interface Body {
  readonly parts: readonly Part[];
  /** End of the abdomen, and where it points. */
  readonly tip: Vector;
  readonly tipDirection: Vector;
}

/** The body: head with eyes, thorax, abdomen, hard fore wings; and where its tip lies, for what hangs on it. */
export function buildBody(from: Build): Body {
  const abdomen = buildAbdomen(from);
  return { ...abdomen, parts: [...buildThorax(from), ...buildHead(from), ...abdomen.parts, ...buildElytra(from)] };
}

function ellipsoid(centre: Vector, radii: Vector, paint: Paint, frame: Frame = upright): Ellipsoid {
  return { kind: 'ellipsoid', centre, radii, paint, frame };
}

function buildThorax(from: Build): Part[] {
  const { traits, length, morphology } = from;
  const [x, y, z] = [traits.thoraxLength * length, traits.thoraxWidth * length, traits.thoraxHeight * length];
  const paint = paintOf(from, 'thorax', { stripes: 2.4, stripeStrength: traits.stripes });
  if (morphology.plan === 'spider' || morphology.plan === 'mite') {
    return [
      ellipsoid([0, 0, 0], [x / 2, y / 2, z / 2], paint),
      ellipsoid([x * 0.26, 0, z * 0.06], [x * 0.26, y * 0.33, z * 0.42], paint),
    ];
  }
  if (morphology.plan === 'beetle') return [ellipsoid([0, 0, 0], [x * 0.6, y / 2, z / 2], paint)];
  const parts = [
    ellipsoid([0, 0, 0], [x * 0.52, y / 2, z / 2], paint),
    ellipsoid([x * 0.24, 0, -z * 0.1], [x * 0.34, y * 0.44, z * 0.38], paint),
    // Pleura below and a small shield behind: what gives a thorax its corners.
    ellipsoid([-x * 0.04, 0, -z * 0.2], [x * 0.38, y * 0.4, z * 0.36], { ...paint, stripeStrength: 0 }),
    ellipsoid([-x * 0.4, 0, z * 0.26], [x * 0.16, y * 0.24, z * 0.13], { ...paint, stripeStrength: 0 }),
  ];
  if (morphology.plan === 'wasp')
    parts.push(ellipsoid([-x * 0.38, 0, -z * 0.02], [x * 0.26, y * 0.38, z * 0.36], paint));
  return parts;
}

function buildHead(from: Build): Part[] {
  const { traits, length, morphology, individual } = from;
  const [x, y, z] = [traits.headLength * length, traits.headWidth * length, traits.headHeight * length];
  const droop = {
    fly: -0.1,
    wasp: -0.08,
    beetle: -0.12,
    bug: -0.04,
    moth: -0.08,
    thrips: 0,
    springtail: -0.12,
    spider: 0,
    mite: -0.1,
  }[morphology.plan];
  const centre: Vector = [traits.thoraxLength * length * 0.5 + x * 0.42, 0, droop * length * 0.5];
  const head = ellipsoid(centre, [x / 2, y / 2, z / 2], paintOf(from, 'head'));
  if (morphology.plan === 'spider' || morphology.plan === 'mite')
    return [{ ...head, centre: [centre[0] - x * 0.5, 0, centre[2]] }];
  const size = traits.eye * (individual.sex === 'male' && morphology.plan === 'fly' ? 1.08 : 1);
  const paint = eyePaint(from);
  const eyes = [-1, 1].map((side) =>
    ellipsoid(
      add(centre, [x * 0.06, side * y * (0.5 - 0.2 * size), z * 0.06]),
      [x * 0.46 * Math.min(1, size * 1.15), y * 0.25 * size, z * 0.52 * size],
      paint,
    ),
  );
  return [head, ...eyes];
}

function eyePaint(from: Build): Paint {
  const { traits } = from;
  const black: Colour = [0.07, 0.055, 0.055];
  const red: Colour = [0.42, 0.09, 0.07];
  const share = Math.max(0, (traits.eyeRedness - 0.4) * 1.7) * (from.morphology.plan === 'fly' ? 1 : 0.3);
  return paintOf(from, 'head', {
    ground: mix(black, red, share),
    gloss: 0.5,
    iridescence: 0,
    translucency: 0,
    ventralPale: 0,
    grain: 0.15,
  });
}

function buildAbdomen(from: Build): Body {
  const { traits, length, morphology, individual } = from;
  const round = morphology.plan === 'spider' || morphology.plan === 'mite';
  const count = round ? 1 : morphology.plan === 'springtail' ? 6 : 7;
  const total = traits.abdomenLength * length;
  const spacing = total / count;
  const fat = individual.sex === 'female' ? 1.08 : 0.95;
  let at: Vector = [
    -traits.thoraxLength * length * (round ? 0.38 : 0.42),
    0,
    morphology.plan === 'wasp' ? -0.02 * length : 0,
  ];
  const petiole = petioleParts(from, at);
  at = add(at, [-traits.petiole * length, 0, 0]);
  let angle = morphology.plan === 'fly' ? 0.12 : 0.02;
  const parts: Part[] = [...petiole];
  for (let i = 0; i < count; i++) {
    angle += individual.bend / count;
    const direction: Vector = [-Math.cos(angle), 0, -Math.sin(angle)];
    const middle = add(at, direction, spacing / 2);
    const width = fat * abdomenProfile(morphology.plan, (i + 0.5) / count);
    const overlap = round ? 0.52 : i === 0 || i === count - 1 ? 1.2 : 1.8;
    const radii: Vector = [
      spacing * overlap,
      Math.max(0.02 * length, (traits.abdomenWidth * length * width) / 2),
      (traits.abdomenHeight * length * width) / 2,
    ];
    parts.push(
      ellipsoid(middle, radii, segmentPaint(from, i, count), along([-direction[0], 0, -direction[2]], [0, 0, 1])),
    );
    at = add(at, direction, spacing);
  }
  return { parts, tip: at, tipDirection: [-Math.cos(angle), 0, -Math.sin(angle)] };
}

function petioleParts(from: Build, start: Vector): Part[] {
  const { traits, length, morphology } = from;
  const reach = traits.petiole * length;
  if (reach < 0.01 * length) return [];
  const paint = paintOf(from, 'abdomen');
  const node = morphology.archetype === 'ant' ? 0.06 : 0.028;
  return [ellipsoid(add(start, [-reach * 0.45, 0, 0]), [reach * 0.75, node * length * 0.8, node * length], paint)];
}

/** Width along the abdomen by its greatest. */
function abdomenProfile(plan: Build['morphology']['plan'], t: number): number {
  switch (plan) {
    case 'wasp':
      return Math.pow(Math.sin(Math.PI * (0.14 + 0.8 * t)), 0.8);
    case 'spider':
    case 'mite':
      return 1;
    case 'springtail':
      return 0.95 - 0.35 * t * t;
    case 'beetle':
    case 'bug':
    case 'fly':
    case 'moth':
    case 'thrips':
      return Math.pow(Math.sin(Math.PI * (0.3 + 0.62 * t)), 0.7);
    default:
      return plan satisfies never;
  }
}

function segmentPaint(from: Build, index: number, count: number): Paint {
  const { traits } = from;
  const tip = traits.abdomenTip * 0.5 * Math.max(0, (index + 1) / count - 0.5);
  if (count === 1)
    return paintOf(from, 'abdomen', { spots: traits.spots, stripes: 1.2, stripeStrength: traits.stripes });
  return paintOf(from, 'abdomen', {
    ground: colourOf(from, 'abdomen', tip + 0.03 * ((from.seed + index) % 2)),
    // Neighbours hide all but the middle: u from -0.28 to 0.28 is seen.
    band: traits.bands,
    bandEdge: -0.28 + 0.56 * Math.min(0.75, traits.bandWidth),
    grain: 0.22,
  });
}

function buildElytra(from: Build): Part[] {
  const { traits, length, morphology } = from;
  if (morphology.plan !== 'beetle' || traits.elytra <= 0) return [];
  const reach = traits.abdomenLength * length * Math.min(1.05, traits.elytra) * 1.02;
  const [y, z] = [traits.abdomenWidth * length * 0.53, traits.abdomenHeight * length * 0.5];
  const front = -traits.thoraxLength * length * 0.4;
  const paint = paintOf(from, 'abdomen', {
    suture: true,
    spots: traits.spots,
    stripes: 2.2,
    stripeStrength: traits.stripes,
    ground: colourOf(from, 'thorax', 0.05),
  });
  const lift = traits.abdomenHeight * length * 0.1;
  return [0.4, 0.6].map((share) => ellipsoid([front - reach * share, 0, lift], [reach * 0.42, y, z], paint));
}
