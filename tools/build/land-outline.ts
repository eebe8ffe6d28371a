/**
 * Writes the land of the world as a text small enough to be drawn without a network: Natural Earth 1:110 million (public domain) from package
 * world-atlas, in tenths of a degree, each ring as steps from its first corner.
 *
 *     pnpm tsx tools/build/land-outline.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';

type Corner = readonly [number, number];

interface Land {
  readonly arcs: readonly (readonly Corner[])[];
  readonly transform: { readonly scale: Corner; readonly translate: Corner };
  readonly objects: { readonly land: { readonly geometries: readonly Shape[] } };
}

type Shape =
  | { readonly type: 'Polygon'; readonly arcs: readonly (readonly number[])[] }
  | { readonly type: 'MultiPolygon'; readonly arcs: readonly (readonly (readonly number[])[])[] };

const source = new URL(import.meta.resolve('world-atlas/land-110m.json'));
const land = JSON.parse(readFileSync(source, 'utf8')) as Land;
const arcs = land.arcs.map(tenths);
const rings = land.objects.land.geometries
  .flatMap((shape) => (shape.type === 'Polygon' ? shape.arcs : shape.arcs.flat()))
  .map(ringOf)
  .flatMap(cutAtDateLine)
  .filter(({ length }) => length >= 4);
const chunks =
  rings
    .map(steps)
    .join(' ')
    .match(/.{1,118}/g) ?? [];
const text = chunks.map((chunk) => `  '${chunk}'`).join(' +\n');
writeFileSync(
  new URL('../../packages/report/src/generated/land-outline.ts', import.meta.url),
  `// Made by tools/build/land-outline.ts from Natural Earth 1:110 million (public domain).\nexport const landOutline: string =\n${text};\n`,
);
console.log(`${rings.length} rings, ${text.length} characters`);

/** Corners of an arc in tenths of a degree: TopoJSON holds steps on a grid. */
function tenths(arc: readonly Corner[]): Corner[] {
  const { scale, translate } = land.transform;
  let [x, y] = [0, 0];
  return arc.map(([east, north]): Corner => {
    x += east;
    y += north;
    return [Math.round(10 * (x * scale[0] + translate[0])), Math.round(10 * (y * scale[1] + translate[1]))];
  });
}

/** A negative number is an arc read backwards; equal corners that rounding made are dropped. */
function ringOf(parts: readonly number[]): Corner[] {
  const corners = parts.flatMap((part) => (part < 0 ? (arcs[~part] ?? []).toReversed() : (arcs[part] ?? [])));
  return corners.filter(([x, y], i) => x !== corners[i - 1]?.[0] || y !== corners[i - 1]?.[1]);
}

/** Rings that step over the date line, in pieces that do not: unrolled, closed over the pole where they go round it, and cut at 180 degrees. */
function cutAtDateLine(ring: readonly Corner[]): Corner[][] {
  let turn = 0;
  const unrolled = ring.map(([x, y], i): Corner => {
    const step = x - (ring[i - 1]?.[0] ?? x);
    if (Math.abs(step) > 1800) turn -= Math.sign(step);
    return [x + 3600 * turn, y];
  });
  const [first, last] = [unrolled[0] ?? [0, 0], unrolled.at(-1) ?? [0, 0]];
  if (Math.abs(first[0] - last[0]) > 1800) unrolled.push([last[0], -900], [first[0], -900]);
  return [-3600, 0, 3600].flatMap((shift) => {
    const moved = unrolled.map(([x, y]): Corner => [x + shift, y]);
    const piece = clipped(clipped(moved, 1), -1);
    return piece.length < 3 ? [] : [[...piece, piece[0] as Corner]];
  });
}

/** The part of a ring on the near side of 180 degrees east (side 1) or west (side -1). */
function clipped(ring: readonly Corner[], side: 1 | -1): Corner[] {
  const inside = ([x]: Corner): boolean => side * x <= 1800;
  return ring.flatMap((corner, i): Corner[] => {
    const before = ring[(i + ring.length - 1) % ring.length] as Corner;
    const share = (side * 1800 - before[0]) / (corner[0] - before[0]);
    const crossing: Corner = [side * 1800, Math.round(before[1] + share * (corner[1] - before[1]))];
    if (inside(corner)) return inside(before) ? [corner] : [crossing, corner];
    return inside(before) ? [crossing] : [];
  });
}

function steps(ring: readonly Corner[]): string {
  return ring.map(([x, y], i) => `${x - (ring[i - 1]?.[0] ?? 0)},${y - (ring[i - 1]?.[1] ?? 0)}`).join(',');
}
