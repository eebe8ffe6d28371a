import { rng } from '@bioscan/core';
import { valueNoise } from './noise.js';
import type { Scene } from './scene.js';

/** Bins of the radial profile a picture height. */
const bins = 400;

/**
 * The empty well, (height, width, 3) values on 0 … 255: pale plastic with concentric reflections, the rim with its bright arcs left and right,
 * the blurred plate beyond it, and a slope of light.
 */
export function paintDish(scene: Scene, width: number, height: number): Float32Array {
  const { session } = scene;
  const out = new Float32Array(3 * width * height);
  const inside = ringProfile(scene);
  const rim = rimProfile(scene);
  const [slopeX, slopeY] = [
    Math.cos(session.lampAngle) * session.lampSlope,
    Math.sin(session.lampAngle) * session.lampSlope,
  ];
  const [rimX, rimY] = [session.rimCentre[0] * width, session.rimCentre[1] * height];
  const [ringX, ringY] = [rimX + scene.glare[0] * height, rimY + scene.glare[1] * height];
  const clouds = cloudGrid(scene.seed);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const dx = (x - rimX) / height;
      const dy = (y - rimY) / height;
      const radius = Math.sqrt(dx * dx + dy * dy);
      const gx = (x - ringX) / height;
      const gy = (y - ringY) / height;
      const ring = inside[Math.min(bins * 1.5 - 1, Math.sqrt(gx * gx + gy * gy) * bins) | 0] as number;
      const bin = 4 * (Math.min(bins * 1.5 - 1, radius * bins) | 0);
      const sideways = radius > 0.01 ? (dx * dx) / (radius * radius) : 0;
      const beyond = rim[bin] as number;
      const bright = rim[bin + 1] as number;
      const side = dx > 0 ? 16 : 9;
      const broken = Math.abs(bright) > 0.001 ? 0.6 + 0.8 * cloudAt(clouds, dy * 5 + side, 3.2) : 0;
      const arc = bright * (sideways * sideways * 1.1 + 0.02) * broken + (rim[bin + 2] as number);
      const cloud = beyond > 0.002 ? cloudAt(clouds, dx * 4.5 + 8, dy * 4.5 + 8) - 0.5 : 0;
      const lamp = session.exposure * (1 + slopeX * dx * 2 + slopeY * dy * 2);
      const at = 3 * (y * width + x);
      for (let c = 0; c < 3; c++) {
        const plate = (session.tint[c] as number) * (1 + ring);
        const far = (session.outside[c] as number) + (0.13 + (c === 1 ? -0.012 : 0)) * cloud + (c === 2 ? 0.012 : 0);
        out[at + c] = 255 * lamp * (plate + (far - plate) * beyond + arc * (c === 2 ? 1.15 : 1));
      }
    }
  }
  return out;
}

/** Brightness of the reflections by distance from their centre: a bottom disc with a bright edge, then soft rings. */
function ringProfile({ session, glareStrength }: Scene): Float32Array {
  const profile = new Float32Array(Math.ceil(bins * 1.5));
  const r = session.rimRadius;
  for (let i = 0; i < profile.length; i++) {
    const at = i / bins / r;
    const rings =
      0.05 * bell(at, 0.38, 0.07) -
      0.02 * bell(at, 0.53, 0.08) +
      0.022 * bell(at, 0.66, 0.06) -
      0.012 * bell(at, 0.8, 0.06) +
      0.02 * bell(at, 0.93, 0.05);
    const disc = glareStrength * (-0.035 * (1 - step(at, 0.16, 0.02)) + 0.06 * bell(at, 0.215, 0.03));
    profile[i] = session.rings * rings + disc - 0.02 * at * at;
  }
  return profile;
}

/** By distance from the rim's centre, four values a bin: share of the outside, strength of the bright arcs, dark lines. */
function rimProfile({ session }: Scene): Float32Array {
  const profile = new Float32Array(4 * Math.ceil(bins * 1.5));
  for (let i = 0; i < profile.length / 4; i++) {
    const at = i / bins / session.rimRadius;
    profile[4 * i] = step(at, 1.02, 0.05);
    profile[4 * i + 1] = 0.2 * bell(at, 0.995, 0.009) + 0.13 * bell(at, 1.045, 0.016) - 0.16 * bell(at, 1.018, 0.012);
    profile[4 * i + 2] =
      0.025 * bell(at, 1, 0.012) -
      0.02 * bell(at, 1.03, 0.02) +
      0.035 * bell(at, 1.18, 0.05) -
      0.03 * bell(at, 1.3, 0.05);
  }
  return profile;
}

function bell(x: number, centre: number, width: number): number {
  const t = (x - centre) / width;
  return Math.exp(-0.5 * t * t);
}

function step(x: number, at: number, width: number): number {
  return 1 / (1 + Math.exp(-(x - at) / (0.4 * width)));
}

const gridSide = 20;

/** Soft clouds: a small grid of noise, read with bilinear interpolation. */
function cloudGrid(seed: number): Float32Array {
  const random = rng(seed).split('clouds').integer(1_000_000);
  return Float32Array.from({ length: gridSide * gridSide }, (_, i) =>
    valueNoise(random, i % gridSide, Math.floor(i / gridSide)),
  );
}

function cloudAt(grid: Float32Array, x: number, y: number): number {
  const cx = Math.min(gridSide - 2, Math.max(0, x));
  const cy = Math.min(gridSide - 2, Math.max(0, y));
  const i = cx | 0;
  const j = cy | 0;
  const s = (cx - i) * (cx - i) * (3 - 2 * (cx - i));
  const t = (cy - j) * (cy - j) * (3 - 2 * (cy - j));
  const at = j * gridSide + i;
  const low = (grid[at] as number) * (1 - s) + (grid[at + 1] as number) * s;
  const high = (grid[at + gridSide] as number) * (1 - s) + (grid[at + gridSide + 1] as number) * s;
  return low * (1 - t) + high * t;
}
