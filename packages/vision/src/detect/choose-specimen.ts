import type { BoundingBox } from '@bioscan/core';
import { components, type Component, type Labelled } from './components.js';
import { depths } from './depth.js';
import type { DetectorSettings } from './detector-settings.js';
import { dishHalf } from './dish.js';
import { pruneBranches } from './prune-branches.js';

/** A component with what decides whether it is the specimen. */
export interface Candidate extends Component {
  /** Largest distance to its outline, pixels: bodies are thick, hairs are not. */
  readonly depth: number;
  readonly value: number;
}

/** The specimen of a score map and what else there is. */
export interface Choice {
  readonly main: Candidate;
  /** Tight around the mask. */
  readonly box: BoundingBox;
  readonly mask: Uint8Array; // (height, width)
  /** Other candidates by value; pieces of the specimen are not among them. */
  readonly others: readonly Candidate[];
}

/** Parts of fewer pixels are noise. */
const leastArea = 12;

/** Picks the specimen: heavy, thick, near the centre and not on the wall. Undefined when nothing stands out. */
export function chooseSpecimen(
  score: Float32Array,
  wall: Uint8Array,
  width: number,
  height: number,
  thresholds: { readonly low: number; readonly high: number },
  settings: DetectorSettings,
): Choice | undefined {
  const labelled = components(score, width, height, thresholds, wall);
  const depth = depths(labelled.labels, width, height);
  const candidates = candidatesOf(labelled, depth, width, height, settings);
  const main = candidates[0];
  if (main === undefined) return undefined;
  const mask = new Uint8Array(score.length);
  pruneBranches(labelled.labels, depth, width, main, mask, {
    coreDepth: settings.coreDepth,
    reach: settings.branchReach,
  });
  const box = boxOf(mask, width, main.box);
  const pieces = piecesOf(candidates, main, box);
  for (const piece of pieces) addLabel(mask, labelled.labels, width, piece.label, piece.box);
  return { main, box, mask, others: candidates.filter((other) => other !== main && !pieces.includes(other)) };
}

function candidatesOf(
  { labels, components: found }: Labelled,
  depth: Float32Array,
  width: number,
  height: number,
  { depthPower, centrality }: DetectorSettings,
): Candidate[] {
  const deepest = new Float64Array(found.length + 1);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] as number;
    if ((depth[i] as number) > (deepest[label] as number)) deepest[label] = depth[i] as number;
  }
  return found
    .filter(({ area, wallShare }) => area >= leastArea && wallShare < 0.5)
    .map((component) => {
      const thick = deepest[component.label] as number;
      const away = Math.hypot(component.x - width / 2, component.y - height / 2) / dishHalf(width, height);
      const value =
        component.weight * thick ** depthPower * Math.exp(-centrality * away * away) * (1 - component.wallShare);
      return { ...component, depth: thick, value };
    })
    .sort((a, b) => b.value - a.value || a.label - b.label);
}

/** Small parts within the box: pieces of wings and legs whose joints are too faint. Outside it they are debris more often than not. */
function piecesOf(
  candidates: readonly Candidate[],
  main: Candidate,
  { x0, y0, x1, y1 }: BoundingBox,
): readonly Candidate[] {
  return candidates.filter(
    ({ label, box }) => label !== main.label && box.x0 >= x0 && box.y0 >= y0 && box.x1 <= x1 && box.y1 <= y1,
  );
}

function addLabel(mask: Uint8Array, labels: Int32Array, width: number, label: number, box: BoundingBox): void {
  for (let y = box.y0; y < box.y1; y++) {
    for (let at = y * width + box.x0; at < y * width + box.x1; at++) if (labels[at] === label) mask[at] = 1;
  }
}

function boxOf(mask: Uint8Array, width: number, within: BoundingBox): BoundingBox {
  let [x0, y0, x1, y1] = [within.x1, within.y1, within.x0, within.y0];
  for (let y = within.y0; y < within.y1; y++) {
    for (let x = within.x0; x < within.x1; x++) {
      if (mask[y * width + x] === 0) continue;
      x0 = Math.min(x0, x);
      x1 = Math.max(x1, x + 1);
      y0 = Math.min(y0, y);
      y1 = Math.max(y1, y + 1);
    }
  }
  return { x0, y0, x1, y1 };
}
