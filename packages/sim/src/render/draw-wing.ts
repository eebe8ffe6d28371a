import { clamp } from './draw-ellipsoid.js';
import { over, type Layer } from './layer.js';
import { valueNoise } from './noise.js';
import { smooth } from './paint.js';
import type { Membrane, Wing } from './part.js';
import type { Vector } from './vector.js';

const rgb = new Float64Array(3);

/** Fills a wing's outline: translucent, tinted by its pattern, darker where it is seen at a slant. Veins are limbs of their own. */
export function drawWing(into: Layer, { base, span, chord, outline, paint }: Wing): void {
  const determinant = span[0] * chord[1] - span[1] * chord[0];
  if (Math.abs(determinant) < 1) return;
  const corners = outline.map(
    ([u, v]) => [base[0] + u * span[0] + v * chord[0], base[1] + u * span[1] + v * chord[1]] as const,
  );
  const ys = corners.map(([, y]) => y);
  const [top, bottom] = clamp(Math.min(...ys) - into.y0, Math.max(...ys) - into.y0, into.height);
  const area = lengthOf(span) * lengthOf(chord);
  const slant = Math.min(4, area / Math.abs(determinant));
  for (let row = top; row < bottom; row++) {
    const y = row + 0.5 + into.y0;
    const crossings = crossingsOf(corners, y);
    for (let k = 0; k + 1 < crossings.length; k += 2) {
      const [first, last] = clamp(
        (crossings[k] as number) - into.x0 + 0.5,
        (crossings[k + 1] as number) - into.x0 - 0.5,
        into.width,
      );
      for (let column = first; column < last; column++) {
        const x = column + 0.5 + into.x0 - base[0];
        const dy = y - base[1];
        const u = (x * chord[1] - dy * chord[0]) / determinant;
        const v = (dy * span[0] - x * span[1]) / determinant;
        const alpha = membraneAt(paint, u, v, slant);
        const index = row * into.width + column;
        over(into, index, base[2] + u * span[2] + v * chord[2], rgb, 1, 0, alpha);
        into.cover[index] = 1;
      }
    }
  }
}

function lengthOf([x, y, z]: Vector): number {
  return Math.sqrt(x * x + y * y + z * z);
}

function crossingsOf(corners: readonly (readonly [number, number])[], y: number): number[] {
  const found: number[] = [];
  for (let i = 0; i < corners.length; i++) {
    const [x0, y0] = corners[i] as readonly [number, number];
    const [x1, y1] = corners[(i + 1) % corners.length] as readonly [number, number];
    if (y0 <= y !== y1 <= y) found.push(x0 + ((y - y0) * (x1 - x0)) / (y1 - y0));
  }
  return found.sort((a, b) => a - b);
}

/** Writes the colour at (u, v) and returns its opacity. */
function membraneAt(paint: Membrane, u: number, v: number, slant: number): number {
  const across = v / paint.width;
  let dark = paint.tip * smooth((u - 0.72) * 6);
  if (paint.bands > 0.08) {
    const wave = Math.cos(2 * Math.PI * ((1.6 + 2 * paint.arrangement) * u + 0.12 * across + paint.arrangement * 3));
    dark = Math.max(dark, paint.bands * smooth(wave * 3 + valueNoise(paint.seed, u * 9, across * 4) - 0.8));
  }
  if (paint.spots > 0.08) {
    const cell = valueNoise(Math.floor(paint.arrangement * 60), u * 7, across * 2.6);
    dark = Math.max(dark, smooth((cell - 0.95 + 0.5 * paint.spots) * 9) * Math.min(1, 1.6 * paint.spots));
  }
  if (paint.stigma > 0) {
    const [du, dv] = [(u - 0.62) * 8, (across - 0.72) * 2.6];
    dark = Math.max(dark, paint.stigma * smooth((1 - Math.sqrt(du * du + dv * dv)) * 3));
  }
  const grain = 0.9 + 0.2 * valueNoise(paint.seed + 1, u * 14, across * 6);
  for (let c = 0; c < 3; c++) {
    const tint = paint.tint[c] as number;
    rgb[c] = (tint + ((paint.dark[c] as number) - tint) * dark) * grain;
  }
  const clear = (1 - paint.opacity * grain) * (1 - 0.75 * dark);
  // Seen at a slant, light passes through more of it: as clear ** (1 + (slant - 1) / 3), by its first terms.
  return Math.min(0.985, (1 - clear) * (1 + (slant - 1) * 0.33 * clear));
}
