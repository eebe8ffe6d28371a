import { over, type Layer } from './layer.js';
import { paintAt } from './paint.js';
import type { Ellipsoid } from './part.js';

/** The ring light of the microscope: a little above the upper left. Unit length, y down. */
export const light = [-0.3, -0.42, 0.857] as const;

/** Halfway between light and camera. */
const half = [-0.156, -0.218, 0.963] as const;

const rgb = new Float64Array(3);

/** Draws an ellipsoid as the camera sees it from above, lit, with its edges let through where the cuticle is thin. */
export function drawEllipsoid(into: Layer, { centre, frame, radii, paint }: Ellipsoid): void {
  const [rx, ry, rz] = radii.map((radius) => Math.max(0.7, radius)) as [number, number, number];
  const extentX = Math.hypot(frame.x[0] * rx, frame.y[0] * ry, frame.z[0] * rz);
  const extentY = Math.hypot(frame.x[1] * rx, frame.y[1] * ry, frame.z[1] * rz);
  // Rows of the inverse: a point p maps to the unit sphere by (x.p / rx, y.p / ry, z.p / rz).
  const [ax, bx, cx] = [frame.x[0] / rx, frame.x[1] / rx, frame.x[2] / rx];
  const [ay, by, cy] = [frame.y[0] / ry, frame.y[1] / ry, frame.y[2] / ry];
  const [az, bz, cz] = [frame.z[0] / rz, frame.z[1] / rz, frame.z[2] / rz];
  const a = cx * cx + cy * cy + cz * cz;
  const [left, right] = clamp(centre[0] - extentX - into.x0, centre[0] + extentX - into.x0, into.width);
  const [top, bottom] = clamp(centre[1] - extentY - into.y0, centre[1] + extentY - into.y0, into.height);
  for (let row = top; row < bottom; row++) {
    const y = row + 0.5 + into.y0 - centre[1];
    for (let column = left; column < right; column++) {
      const x = column + 0.5 + into.x0 - centre[0];
      const px = ax * x + bx * y;
      const py = ay * x + by * y;
      const pz = az * x + bz * y;
      const b = cx * px + cy * py + cz * pz;
      const root = b * b - a * (px * px + py * py + pz * pz - 1);
      if (root <= 0) continue;
      const z = (Math.sqrt(root) - b) / a;
      const index = row * into.width + column;
      if (centre[2] + z < (into.depth[index] as number)) continue;
      const u = px + cx * z;
      const v = py + cy * z;
      const w = pz + cz * z;
      const nx = ax * u + ay * v + az * w;
      const ny = bx * u + by * v + bz * w;
      const nz = cx * u + cy * v + cz * w;
      const unit = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz);
      const facing = nz * unit;
      paintAt(paint, u, v, w, facing, rgb);
      letThrough(rgb, 1 - facing);
      const toward = unit * (nx * light[0] + ny * light[1] + nz * light[2]);
      const alpha = 1 - paint.translucency * (1 - facing * 0.62);
      over(
        into,
        index,
        centre[2] + z,
        rgb,
        brightness(toward, facing),
        shine(paint.gloss, unit * (nx * half[0] + ny * half[1] + nz * half[2])),
        alpha,
      );
      into.cover[index] = 1;
    }
  }
}

/** Thin cuticle absorbs less: towards the edges (rim 1) colours grow lighter and purer; black stays black. */
export function letThrough(colour: Float64Array, rim: number): void {
  const gain = 1.15 * rim;
  for (let c = 0; c < 3; c++) {
    const value = colour[c] as number;
    colour[c] = value * (1 + gain * (1 - value) * Math.min(1, value * 4));
  }
}

/** Diffuse light from above and from the pale dish around: never quite dark. Thin edges let light through. */
export function brightness(toward: number, facing: number): number {
  const rim = 1 - facing;
  return 0.56 + 0.46 * Math.max(0, toward) + 0.1 * rim * rim;
}

/** The reflection of a broad ring light. */
export function shine(gloss: number, aligned: number): number {
  if (aligned <= 0.6 || gloss <= 0) return 0;
  const p2 = aligned * aligned;
  const p4 = p2 * p2;
  const p8 = p4 * p4;
  const p32 = p8 * p8 * p8 * p8;
  return gloss * (0.1 * p8 + 0.42 * p32 * p32);
}

/** First and last + 1 sample of a range, inside 0 … size. */
export function clamp(from: number, to: number, size: number): [number, number] {
  return [Math.max(0, Math.floor(from)), Math.min(size, Math.ceil(to))];
}
