import { rng, type Rng } from '@bioscan/core';
import { limb } from './build-limbs.js';
import type { Colour } from './paint.js';
import type { Part } from './part.js';
import type { Scene } from './scene.js';
import type { Vector } from './vector.js';

/** What else lies in the well, in picture widths about its corner; each item is drawn on its own, below the specimen. */
export function debris(scene: Scene, aspect: number): readonly (readonly Part[])[] {
  const random = rng(scene.seed).split('debris');
  return [
    ...Array.from({ length: scene.specks }, () => [speck(scene, random, aspect)]),
    ...Array.from({ length: scene.fibres }, () => [fibre(scene, random, aspect)]),
    ...Array.from({ length: scene.bubbles }, () => [bubble(scene, random, aspect)]),
  ];
}

const dirt: readonly Colour[] = [
  [0.3, 0.25, 0.2],
  [0.48, 0.4, 0.28],
  [0.2, 0.18, 0.17],
  [0.6, 0.55, 0.45],
];

function somewhere({ session }: Scene, random: Rng, aspect: number): Vector {
  const angle = 2 * Math.PI * random.uniform();
  const radius = session.rimRadius * 0.9 * Math.sqrt(random.uniform());
  return [
    session.rimCentre[0] + radius * aspect * Math.cos(angle),
    session.rimCentre[1] * aspect + radius * aspect * Math.sin(angle),
    -5,
  ];
}

function speck(scene: Scene, random: Rng, aspect: number): Part {
  const at = somewhere(scene, random, aspect);
  const size = 0.0012 + 0.0022 * random.uniform() ** 3;
  const end: Vector = [at[0] + size * 2 * random.normal(), at[1] + size * 2 * random.normal(), -5];
  return limb(
    [at, end],
    [size, size * random.uniform()],
    dirt[random.integer(dirt.length)] as Colour,
    0.45 + 0.4 * random.uniform(),
  );
}

/** A lint fibre, a scratch (pale) or a lost leg. */
function fibre(scene: Scene, random: Rng, aspect: number): Part {
  let at = somewhere(scene, random, aspect);
  let angle = 2 * Math.PI * random.uniform();
  const pale = random.uniform() < 0.35;
  const curl = pale ? 0 : 0.25 * random.normal();
  const stride = 0.004 + 0.016 * random.uniform();
  const points = Array.from({ length: 12 }, () => {
    angle += curl + (pale ? 0 : 0.12 * random.normal());
    at = [at[0] + stride * Math.cos(angle), at[1] + stride * Math.sin(angle), -5];
    return at;
  });
  const radius = random.uniform() < 0.25 && !pale ? 0.003 : 0.0011;
  const colour: Colour = pale ? [0.95, 0.95, 0.96] : (dirt[random.integer(3)] as Colour);
  return limb(
    points,
    points.map((_, i) => radius * (1 - i / 24)),
    colour,
    pale ? 0.3 : 0.6,
  );
}

function bubble(scene: Scene, random: Rng, aspect: number): Part {
  const [x, y] = somewhere(scene, random, aspect);
  const size = 0.002 + 0.01 * random.uniform() ** 3;
  const points = Array.from({ length: 13 }, (_, i): Vector => [
    x + size * Math.cos((Math.PI * i) / 6),
    y + size * Math.sin((Math.PI * i) / 6),
    -5,
  ]);
  return limb(
    points,
    points.map(() => 0.0009),
    [0.93, 0.94, 0.95],
    0.55,
  );
}
