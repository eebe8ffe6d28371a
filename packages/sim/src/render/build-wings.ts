import type { Build } from './build.js';
import { limb } from './build-limbs.js';
import { cuticle, mix, type Colour } from './paint.js';
import type { Membrane, Part, Wing } from './part.js';
import { add, normalised, scaled, type Vector } from './vector.js';

/** How a plan carries its wings at rest: angle off the body's axis and slope of the leading edge downwards. */
const carriage: Readonly<Record<Build['morphology']['plan'], { readonly fold: number; readonly slope: number }>> = {
  fly: { fold: 0.22, slope: 0.15 },
  wasp: { fold: 0.2, slope: 0.1 },
  bug: { fold: 0.06, slope: 0.75 },
  moth: { fold: 0.1, slope: 0.8 },
  thrips: { fold: 0.12, slope: 0 },
  beetle: { fold: 0, slope: 0 },
  springtail: { fold: 0, slope: 0 },
  spider: { fold: 0, slope: 0 },
  mite: { fold: 0, slope: 0 },
};

/** Membranous wings with their veins and fringes, hind wings first. */
export function buildWings(from: Build): Part[] {
  const { traits } = from;
  if (traits.wingLength <= 0.05) return [];
  const pairs = traits.hindWing > 0.1 ? [traits.hindWing, 1] : [1];
  return pairs.flatMap((relative) =>
    [1, -1].flatMap((side, i) => buildWing(from, side, relative, from.individual.tornWings[i] ?? 0)),
  );
}

function buildWing(from: Build, side: number, relative: number, torn: number): Part[] {
  const { traits, length, morphology } = from;
  const span = traits.wingLength * length * relative;
  const width = (traits.wingWidth / traits.wingLength) * (relative < 1 ? 0.95 : 1) * 0.5;
  const { along, chord } = stance(from, side, relative < 1);
  const base: Vector = [
    traits.thoraxLength * length * (relative < 1 ? -0.12 : 0.06),
    side * traits.thoraxWidth * length * 0.4,
    traits.thoraxHeight * length * (morphology.plan === 'bug' ? 0.42 : 0.32),
  ];
  const shape = outlineOf(morphology.plan, width, torn, from.random.uniform());
  const wing: Wing = {
    kind: 'wing',
    base,
    span: scaled(along, span),
    chord: scaled(chord, span),
    outline: shape,
    paint: membrane(from, width),
  };
  const at = ([u, v]: readonly [number, number]): Vector => add(add(wing.base, wing.span, u), wing.chord, v);
  return [wing, ...veins(from, width, torn, at), ...fringe(from, shape, width, at)];
}

function stance(from: Build, side: number, hind: boolean): { readonly along: Vector; readonly chord: Vector } {
  const { individual, random, morphology } = from;
  const { fold, slope } = carriage[morphology.plan];
  const open = individual.wingSpread;
  const angle = fold + open * 1.25 + 0.08 * random.normal() + (hind ? 0.15 + 0.15 * open : 0);
  const lift = individual.wingLift * (0.4 + open) + 0.08 * random.normal();
  const tilt = slope * (1 - open) + 0.1 * random.normal();
  const along = normalised([
    -Math.cos(angle) * Math.cos(lift),
    side * Math.sin(angle) * Math.cos(lift),
    Math.sin(lift),
  ]);
  const flat: Vector = [Math.sin(angle), side * Math.cos(angle), 0];
  return { along, chord: normalised(add(scaled(flat, Math.cos(tilt)), [0, 0, -Math.sin(tilt)])) };
}

/** Leading (+) or trailing (-) edge at u, in wing lengths. */
function edge(plan: Build['morphology']['plan'], width: number, u: number, leading: boolean): number {
  const [p, q] = leading
    ? [0.38, 0.36]
    : plan === 'bug' || plan === 'moth'
      ? [0.55, plan === 'moth' ? 0.5 : 0.33]
      : [0.85, 0.42];
  const peak = p / (p + q);
  const top = Math.pow(peak, p) * Math.pow(1 - peak, q);
  const value = (Math.pow(Math.max(0, u), p) * Math.pow(Math.max(0, 1 - u), q)) / top;
  return leading ? width * 0.75 * value : -width * 1.25 * value;
}

function outlineOf(
  plan: Build['morphology']['plan'],
  width: number,
  torn: number,
  jag: number,
): (readonly [number, number])[] {
  const steps = 22;
  const limit = 1 - torn;
  const points: (readonly [number, number])[] = [];
  for (const leading of [true, false]) {
    for (let i = 0; i <= steps; i++) {
      const share = (leading ? i : steps - i) / steps;
      const u = 0.5 - 0.5 * Math.cos(Math.PI * share);
      const rough = torn > 0.03 ? 0.07 * Math.sin(17 * jag + 9 * i) : 0;
      points.push([u > limit ? limit + rough : u, edge(plan, width, u, leading)]);
    }
  }
  return points;
}

function membrane(from: Build, width: number): Membrane {
  const { traits, seed, morphology } = from;
  const scaly = morphology.plan === 'moth' || morphology.plan === 'bug';
  const tint = cuticle(traits, traits.wingDarkness * (scaly ? 1 : 0.8) + from.individual.shade);
  return {
    tint: scaly ? tint : mix(tint, [0.6, 0.58, 0.53], 0.3),
    dark: cuticle(traits, Math.min(1, traits.wingDarkness + 0.4)),
    opacity: Math.min(0.97, 0.06 + traits.wingOpacity),
    bands: traits.wingBands,
    spots: traits.wingSpots,
    arrangement: traits.arrangement,
    stigma: traits.stigma > 0.3 ? traits.stigma : 0,
    tip: traits.wingTipDarkness,
    width,
    seed,
  };
}

/** Where veins end: u, and on which edge; those that nearly all insects have come first. */
const ends: readonly (readonly [number, boolean])[] = [
  [0.62, true],
  [0.97, true],
  [0.93, false],
  [0.72, false],
  [0.85, true],
  [0.5, false],
  [0.82, false],
  [0.36, true],
  [0.62, false],
  [0.74, true],
  [0.4, false],
  [0.99, false],
];

function veins(from: Build, width: number, torn: number, at: (uv: readonly [number, number]) => Vector): Part[] {
  const { traits, length, morphology } = from;
  const colour: Colour = mix(cuticle(traits, 0.35 + 0.6 * traits.wingDarkness), [0.2, 0.15, 0.1], 0.3);
  const half = (traits.veinWidth * length) / 2;
  const draw = (path: readonly (readonly [number, number])[], strength: number, opacity: number): Part[] => {
    const kept = path.filter(([u]) => u <= 1 - torn).map(at);
    return kept.length < 2
      ? []
      : [
          limb(
            kept,
            kept.map((_, i) => half * strength * (1 - (0.45 * i) / kept.length)),
            colour,
            opacity,
          ),
        ];
  };
  const count = Math.max(1, Math.round(traits.veins));
  const opacity = Math.min(0.9, 0.35 + 0.7 * traits.wingDarkness + traits.wingOpacity * 0.2);
  const reach = count === 1 ? 0.45 : 0.95;
  const costal = Array.from(
    { length: 9 },
    (_, i) => [0.01 + (reach * i) / 8, edge(morphology.plan, width, 0.01 + (reach * i) / 8, true) * 0.97] as const,
  );
  const margin = Array.from(
    { length: 12 },
    (_, i) => [0.08 + (0.9 * i) / 11, edge(morphology.plan, width, 0.08 + (0.9 * i) / 11, false)] as const,
  );
  const paths = ends
    .slice(0, count === 1 ? 0 : count)
    .map(([u, leading]) => veinPath(u, edge(morphology.plan, width, u, leading)));
  const cross = count < 4 ? [] : crossVeins(paths, count);
  return [
    ...draw(costal, 1.7, opacity),
    ...draw(margin, 0.5, opacity * 0.5),
    ...paths.flatMap((path) => draw(path, 1, opacity)),
    ...cross.flatMap((path) => draw(path, 0.7, opacity)),
  ];
}

function veinPath(u: number, v: number): (readonly [number, number])[] {
  return Array.from({ length: 8 }, (_, i) => {
    const t = i / 7;
    return [
      0.02 + (u - 0.02) * t,
      v * (0.25 * t + 0.75 * t * t * t) + (v > 0 ? 0.25 * v * Math.sin(Math.PI * t) : 0),
    ] as const;
  });
}

/** Short veins between neighbours of a row: few in flies, many in lacewings. */
function crossVeins(
  paths: readonly (readonly (readonly [number, number])[])[],
  count: number,
): (readonly [number, number])[][] {
  const rows = [...paths].sort((a, b) => (b[4]?.[1] ?? 0) - (a[4]?.[1] ?? 0));
  return rows.slice(1).flatMap((lower, i) =>
    (count >= 10 ? [2, 3, 4, 5, 6] : [i % 2 === 0 ? 3 : 5]).flatMap((k) => {
      const [a, b] = [rows[i]?.[k], lower[k]];
      return a === undefined || b === undefined ? [] : [[a, b]];
    }),
  );
}

function fringe(
  from: Build,
  outline: readonly (readonly [number, number])[],
  width: number,
  at: (uv: readonly [number, number]) => Vector,
): Part[] {
  const { traits, length, random, morphology } = from;
  const reach = (traits.fringe * length) / (traits.wingLength * length);
  if (reach < 0.01) return [];
  const colour = cuticle(traits, traits.wingDarkness * 0.9);
  const moth = morphology.plan === 'moth';
  const opacity = moth ? 0.6 : 0.3;
  return outline
    .filter(([u, v]) => u > 0.25 && (v < 0 || morphology.plan === 'thrips'))
    .flatMap(([u, v]) =>
      (moth ? [0, 0.25, 0.5, 0.75] : [0, 0.5]).map((shift) => {
        const root = [u - shift * 0.08, v] as const;
        const end = [
          root[0] + reach * (0.4 + 0.5 * u),
          v + Math.sign(v - width * 0.01) * reach * (0.7 + 0.3 * random.uniform()),
        ] as const;
        return limb([at(root), at(end)], [0.004 * length, 0.002 * length], colour, opacity);
      }),
    );
}
