import type { Component } from './components.js';

/** How a component is told apart into body and what hangs on it. */
export interface PruneSettings {
  /** What is deeper than this share of the deepest pixel belongs to the body. */
  readonly coreDepth: number;
  /** Branches that reach farther from the body than this many body lengths are no legs. */
  readonly reach: number;
}

/**
 * Drops long thin branches of a component (hairs and detached antennae that lie over a specimen): geodesic distance from the thick core
 * within the component, by breadth-first search. Marks what stays with 1 in `mask`, (height, width).
 */
export function pruneBranches(
  labels: Int32Array,
  depth: Float32Array,
  width: number,
  { label, box }: Component,
  mask: Uint8Array,
  { coreDepth, reach }: PruneSettings,
): void {
  const pixels: number[] = [];
  let deepest = 0;
  for (let y = box.y0; y < box.y1; y++) {
    for (let at = y * width + box.x0; at < y * width + box.x1; at++) {
      if (labels[at] !== label) continue;
      pixels.push(at);
      deepest = Math.max(deepest, depth[at] as number);
    }
  }
  const core = pixels.filter((at) => (depth[at] as number) >= coreDepth * deepest);
  const distance = geodesic(labels, width, label, core);
  const skin = Math.ceil(1.5 * coreDepth * deepest);
  const limit = skin + reach * lengthOf(core, width, skin);
  for (const branch of branches(pixels, distance, labels, width, label, skin)) {
    const farthest = branch.reduce((most, at) => Math.max(most, distance.get(at) ?? 0), 0);
    if (farthest <= limit) for (const at of branch) mask[at] = 1;
  }
  for (const at of pixels) if ((distance.get(at) ?? Infinity) <= skin) mask[at] = 1;
}

/** Diagonal of the core with its skin. */
function lengthOf(core: readonly number[], width: number, skin: number): number {
  let [x0, y0, x1, y1] = [Infinity, Infinity, 0, 0];
  for (const at of core) {
    const x = at % width;
    const y = (at - x) / width;
    x0 = Math.min(x0, x);
    x1 = Math.max(x1, x);
    y0 = Math.min(y0, y);
    y1 = Math.max(y1, y);
  }
  return Math.hypot(x1 - x0 + 2 * skin, y1 - y0 + 2 * skin);
}

function geodesic(labels: Int32Array, width: number, label: number, core: readonly number[]): Map<number, number> {
  const distance = new Map<number, number>(core.map((at) => [at, 0]));
  let front: readonly number[] = core;
  for (let step = 1; front.length > 0; step++) {
    const next: number[] = [];
    for (const at of front) {
      for (const neighbour of around(at, width, labels.length)) {
        if (labels[neighbour] !== label || distance.has(neighbour)) continue;
        distance.set(neighbour, step);
        next.push(neighbour);
      }
    }
    front = next;
  }
  return distance;
}

/** Connected parts of what lies outside core and skin. */
function* branches(
  pixels: readonly number[],
  distance: ReadonlyMap<number, number>,
  labels: Int32Array,
  width: number,
  label: number,
  skin: number,
): Generator<number[]> {
  const seen = new Set<number>();
  const outside = (at: number): boolean => labels[at] === label && (distance.get(at) ?? 0) > skin && !seen.has(at);
  for (const seed of pixels) {
    if (!outside(seed)) continue;
    seen.add(seed);
    const branch = [seed];
    for (let i = 0; i < branch.length; i++) {
      for (const neighbour of around(branch[i] as number, width, labels.length)) {
        if (!outside(neighbour)) continue;
        seen.add(neighbour);
        branch.push(neighbour);
      }
    }
    yield branch;
  }
}

function around(at: number, width: number, length: number): number[] {
  const x = at % width;
  const out: number[] = [];
  for (const row of [at - width, at, at + width]) {
    if (row < 0 || row >= length) continue;
    if (x > 0) out.push(row - 1);
    if (row !== at) out.push(row);
    if (x < width - 1) out.push(row + 1);
  }
  return out;
}
