import { brightness, clamp, letThrough, light } from './draw-ellipsoid.js';
import { over, type Layer } from './layer.js';
import type { Colour } from './paint.js';
import type { Limb } from './part.js';
import type { Vector } from './vector.js';

const rgb = new Float64Array(3);

/** Draws round cones from point to point. What is thinner than a sample is drawn as wide as one, and fainter. */
export function drawLimb(into: Layer, { points, radii, colours, opacity }: Limb): void {
  for (let i = 0; i + 1 < points.length; i++) {
    drawCone(into, {
      from: points[i] as Vector,
      to: points[i + 1] as Vector,
      radius: radii[i] as number,
      endRadius: radii[i + 1] as number,
      colour: colours[i] as Colour,
      opacity,
    });
  }
}

interface Cone {
  readonly from: Vector;
  readonly to: Vector;
  readonly radius: number;
  readonly endRadius: number;
  readonly colour: Colour;
  readonly opacity: number;
}

/** Half width in samples below which a limb fades instead of thinning. */
const thinnest = 0.62;

function drawCone(into: Layer, { from, to, radius, endRadius, colour, opacity }: Cone): void {
  const [dx, dy, dz] = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  const squared = dx * dx + dy * dy;
  const widest = Math.max(radius, endRadius, thinnest);
  const [top, bottom] = clamp(
    Math.min(from[1], to[1]) - widest - into.y0,
    Math.max(from[1], to[1]) + widest - into.y0,
    into.height,
  );
  for (let row = top; row < bottom; row++) {
    const y = row + 0.5 + into.y0 - from[1];
    const [left, right] = rowRange(y, dx, dy, squared, widest);
    const [first, last] = clamp(from[0] + left - into.x0, from[0] + right - into.x0, into.width);
    for (let column = first; column < last; column++) {
      const x = column + 0.5 + into.x0 - from[0];
      const h = squared > 0 ? Math.min(1, Math.max(0, (x * dx + y * dy) / squared)) : 0;
      const wanted = radius + (endRadius - radius) * h;
      const r = Math.max(thinnest, wanted);
      const ox = x - h * dx;
      const oy = y - h * dy;
      const distance = (ox * ox + oy * oy) / (r * r);
      if (distance >= 1) continue;
      const facing = Math.sqrt(1 - distance);
      const toward = (ox / r) * light[0] + (oy / r) * light[1] + facing * light[2];
      const alpha = opacity * Math.min(1, wanted / thinnest) * (0.72 + 0.24 * facing);
      const index = row * into.width + column;
      rgb[0] = colour[0];
      rgb[1] = colour[1];
      rgb[2] = colour[2];
      letThrough(rgb, 1.05 - facing);
      over(into, index, from[2] + h * dz + r * facing, rgb, brightness(toward, facing), 0, alpha);
      if (wanted > 0.25) into.cover[index] = 1;
    }
  }
}

/** Where a row y (from the cone's start) may meet the cone: the strip of half width `widest` about its axis. */
function rowRange(y: number, dx: number, dy: number, squared: number, widest: number): [number, number] {
  const left = Math.min(0, dx) - widest;
  const right = Math.max(0, dx) + widest;
  if (Math.abs(dy) < 1e-6) return [left, right];
  const centre = (y * dx) / dy;
  const reach = (widest * Math.sqrt(squared)) / Math.abs(dy);
  return [Math.max(left, centre - reach), Math.min(right, centre + reach)];
}
