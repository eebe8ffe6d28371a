import type { BoundingBox } from '@bioscan/core';

/** A connected part of a score map. */
export interface Component {
  readonly label: number;
  readonly box: BoundingBox;
  readonly area: number;
  /** Sum of the score over its pixels. */
  readonly weight: number;
  /** Largest score. */
  readonly peak: number;
  /** Weighted centre. */
  readonly x: number;
  readonly y: number;
  /** Share of its pixels where `wall` is set. */
  readonly wallShare: number;
}

export interface Labelled {
  /** (height, width): 0 is background. */
  readonly labels: Int32Array;
  readonly components: readonly Component[];
}

export interface Hysteresis {
  readonly low: number;
  readonly high: number;
}

/** 8-connected parts of `score >= low` that reach `high` somewhere, largest weight first. One flood fill; order of labels is reading order. */
export function components(
  score: Float32Array,
  width: number,
  height: number,
  { low, high }: Hysteresis,
  wall: Uint8Array,
): Labelled {
  const labels = new Int32Array(score.length);
  const stack = new Int32Array(score.length);
  const found: Component[] = [];
  let label = 0;
  for (let seed = 0; seed < score.length; seed++) {
    if (labels[seed] !== 0 || (score[seed] as number) < high) continue;
    label++;
    found.push(flood(seed, label));
  }
  found.sort((a, b) => b.weight - a.weight || a.label - b.label);
  return { labels, components: found };

  function flood(seed: number, mark: number): Component {
    let size = 1;
    stack[0] = seed;
    labels[seed] = mark;
    let [x0, y0, x1, y1] = [width, height, 0, 0];
    let [area, weight, peak, sumX, sumY, walls] = [0, 0, 0, 0, 0, 0];
    while (size > 0) {
      const at = stack[--size] as number;
      const y = Math.floor(at / width);
      const x = at - y * width;
      const value = score[at] as number;
      area++;
      weight += value;
      if (value > peak) peak = value;
      sumX += value * x;
      sumY += value * y;
      walls += wall[at] as number;
      if (x < x0) x0 = x;
      if (x >= x1) x1 = x + 1;
      if (y < y0) y0 = y;
      if (y >= y1) y1 = y + 1;
      for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny++) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx++) {
          const next = ny * width + nx;
          if (labels[next] !== 0 || (score[next] as number) < low) continue;
          labels[next] = mark;
          stack[size++] = next;
        }
      }
    }
    return {
      label: mark,
      box: { x0, y0, x1, y1 },
      area,
      weight,
      peak,
      x: sumX / weight,
      y: sumY / weight,
      wallShare: walls / area,
    };
  }
}
