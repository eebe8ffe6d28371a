import { rng, type BoundingBox, type Picture } from '@bioscan/core';

/** A beetle of the test: an ellipse with six legs, whose box is known. */
export interface DrawnSpecimen {
  readonly x: number;
  readonly y: number;
  /** Half length (across) and half width (down). */
  readonly length: number;
  readonly width: number;
  readonly colour?: readonly [number, number, number];
}

export interface DishOptions {
  readonly width?: number;
  readonly height?: number;
  readonly specimens?: readonly DrawnSpecimen[];
  /** Hairs, as lines. */
  readonly hairs?: readonly (readonly [x0: number, y0: number, x1: number, y1: number])[];
  /** Factor on the light. */
  readonly light?: number;
  readonly seed?: number;
}

/** A pale dish with uneven light, rings of the well, a glaring wall and camera noise. */
export function drawDish(options: DishOptions = {}): Picture {
  const { width = 512, height = 384, specimens = [], hairs = [], light = 1, seed = 1 } = options;
  const random = rng(seed).split('dish');
  const normals = Float32Array.from({ length: 4099 }, () => 1.5 * random.normal());
  const half = height / 2;
  const data = new Uint8Array(3 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const u = (x - width / 2) / half;
      const v = (y - half) / half;
      const r = Math.hypot(u, v);
      let level = 205 + 8 * u - 6 * v - 10 * r * r + 3 * Math.exp(-(((r - 0.4) / 0.05) ** 2));
      if (r > 1.16) level += 35 * Math.sin(40 * Math.atan2(v, u)) * Math.exp(-(((r - 1.2) / 0.05) ** 2)) - 15;
      const tint = r > 1.16 ? 6 : 0;
      const noise = normals[(y * 1361 + x * 7 + seed) % 4099] ?? 0;
      const body = specimens.length === 0 ? undefined : specimens.find((one) => covers(one, x, y));
      const hair = hairs.length > 0 && hairs.some((line) => lineDistance(line, x, y) < 1);
      const colour = body?.colour ?? (body !== undefined || hair ? ([70, 50, 35] as const) : undefined);
      const at = 3 * (y * width + x);
      for (let c = 0; c < 3; c++)
        data[at + c] = clamp(light * ((colour?.[c] ?? level - 3 + 2 * c + (c === 2 ? tint : 0)) + noise));
    }
  }
  return { width, height, data };
}

/** Half the reach of the legs beyond the body's half width. */
const legs = 0.8;

/** The box of a drawn specimen, as far as it lies inside the picture. */
export function boxOfDrawn(one: DrawnSpecimen, width = 512, height = 384): BoundingBox {
  const down = one.width * (1 + legs);
  return {
    x0: Math.max(0, Math.ceil(one.x - one.length)),
    y0: Math.max(0, Math.ceil(one.y - down)),
    x1: Math.min(width, Math.floor(one.x + one.length) + 1),
    y1: Math.min(height, Math.floor(one.y + down) + 1),
  };
}

function covers({ x, y, length, width }: DrawnSpecimen, px: number, py: number): boolean {
  const u = (px - x) / length;
  const v = (py - y) / width;
  if (u * u + v * v <= 1) return true;
  return Math.abs(v) <= 1 + legs && [-0.4, 0, 0.4].some((leg) => Math.abs(px - x - leg * length) <= 1);
}

function lineDistance([x0, y0, x1, y1]: readonly [number, number, number, number], x: number, y: number): number {
  const squared = (x1 - x0) ** 2 + (y1 - y0) ** 2;
  const t = Math.min(1, Math.max(0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / squared));
  return Math.hypot(x - x0 - t * (x1 - x0), y - y0 - t * (y1 - y0));
}

function clamp(value: number): number {
  return Math.min(255, Math.max(0, Math.round(value)));
}

/** Intersection by union. */
export function overlap(a: BoundingBox, b: BoundingBox): number {
  const width = Math.max(0, Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0));
  const height = Math.max(0, Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0));
  const both = width * height;
  return both / ((a.x1 - a.x0) * (a.y1 - a.y0) + (b.x1 - b.x0) * (b.y1 - b.y0) - both);
}
